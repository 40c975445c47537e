import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => `a,b\n1,2\n"${'"a'.repeat(100_000)}${' '.repeat(100_000)}\n`,
  is: /line 3: a quote is not closed/,
})
