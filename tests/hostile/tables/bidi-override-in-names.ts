import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => '\u202eabc,\u202eabc\n1,2\n3,4\n',
  is: 'read',
})
