import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => Buffer.from('\ufeffa,b\n1,2\n3,4\n', 'utf16le').subarray(0, -1),
  is: 'read',
})
