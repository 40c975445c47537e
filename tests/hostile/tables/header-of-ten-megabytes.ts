import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `${'a'.repeat(10_000_000)},b\n1,2\n3,4\n`,
  is: /column 1: its name, 'a+…', has 10,000,000 characters: give one of at most 1,000/,
  isLarge: true,
})
