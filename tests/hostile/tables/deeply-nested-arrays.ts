import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.json',
  content: () => `[[1,${'['.repeat(100_000)}${']'.repeat(100_000)}],[1,2]]`,
  is: /row 1, column x1: an array is no number/,
})
