import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () =>
    `${Array.from({ length: 50_000 }, (_, i) => i).join(',')}\n${'1,'.repeat(49_999)}1\n${'2,'.repeat(49_999)}2\n`,
  is: 'read',
  isLarge: true,
})
