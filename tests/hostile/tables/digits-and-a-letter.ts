import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `a\n1\n2\n${'1'.repeat(20_000)}x\n`,
  is: 'read',
})
