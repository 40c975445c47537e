import { hostile } from '../input.ts'

export default hostile({
  kind: 'rule',
  text: () => `a < ${'b'.repeat(10_000_000)}`,
  is: /give a rule of at most 1,000,000 characters/,
})
