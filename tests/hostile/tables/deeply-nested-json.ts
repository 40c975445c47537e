import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => `[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`,
  is: /row 1, column a: an array is no cell/,
})
