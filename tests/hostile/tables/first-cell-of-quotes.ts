import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `"${'""'.repeat(3_000_000)}",b\n1,2\n3,4\n`,
  is: /column 1: its name, '"+…', has 3,000,000 characters/,
  isLarge: true,
})
