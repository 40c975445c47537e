import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: '\u202e\x1b[31m.csv',
  content: () => '\u202e\x1b[31ma,b\n1,\u202e\x1b[31mx\n2,y\n3,y\n',
  is: 'read',
})
