import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => 'a\n1e999999\n-0\n1\n',
  is: 'read',
})
