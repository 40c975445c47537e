import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => '__proto__,constructor,toString\n1,2,3\n4,5,6\n',
  is: 'read',
})
