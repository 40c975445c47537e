import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `${'a,'.repeat(1_000_000)}a\n`,
  is: /has more than 65,536 columns/,
})
