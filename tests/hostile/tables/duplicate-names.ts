import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `${'a,'.repeat(5000)}a\n${'1,'.repeat(5000)}1\n${'2,'.repeat(5000)}2\n`,
  is: 'read',
})
