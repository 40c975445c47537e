import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => Buffer.from('a,b\n1,2\n3,4\n', 'utf16le'),
  is: 'read',
})
