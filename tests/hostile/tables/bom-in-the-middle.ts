import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => 'a,b\n1,2\n\ufeff3,4\n',
  is: 'read',
})
