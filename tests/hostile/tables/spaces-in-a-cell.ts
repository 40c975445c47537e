import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `a b\n1 2\n3${' '.repeat(40_000)}x 4\n`,
  is: /line 3: 3 cells, not 2/,
})
