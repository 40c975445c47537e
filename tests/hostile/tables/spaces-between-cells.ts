import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `a b\n1 2\n${' '.repeat(40_000)}x3 4\n`,
  is: 'read',
})
