import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `a,b\n${'1,2\n'.repeat(3)}\x1b]0;title\x07,2,3\n`,
  is: /line 5: 3 cells, not 2/,
})
