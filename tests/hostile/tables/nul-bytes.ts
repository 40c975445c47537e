import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => 'ab\0,b\n1,2\n3,4\n',
  is: 'read',
})
