import { hostile } from '../input.ts'

export default hostile({
  kind: 'condition',
  text: () => `a${' '.repeat(10_000_000)}x`,
  is: /give a condition of at most 1,000,000 characters/,
})
