import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => `[{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}]`,
  is: /row 1, column a\.a: this object is no cell/,
})
