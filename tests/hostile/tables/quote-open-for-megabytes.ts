import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `a,b\n1,2\n"${'x,y\n'.repeat(1_000_000)}`,
  is: /line 3: a quote is not closed/,
  isLarge: true,
})
