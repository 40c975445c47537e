import { hostile } from '../input.ts'

export default hostile({
  kind: 'rule',
  text: () => `a ${'< b < a '.repeat(20_000)}`,
  is: /a < b < a/,
})
