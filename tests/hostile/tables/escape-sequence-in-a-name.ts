import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => '\x1b[31m-a\x07,b\n1,2\n3,4,5\n',
  is: /line 3: 3 cells, not 2/,
})
