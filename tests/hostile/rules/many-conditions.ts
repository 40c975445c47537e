import { hostile } from '../input.ts'

export default hostile({
  kind: 'rule',
  text: () => `if ${'a != 1 and '.repeat(30_000)}a > 0 then b > 0`,
  is: 'read',
})
