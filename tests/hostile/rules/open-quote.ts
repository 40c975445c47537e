import { hostile } from '../input.ts'

export default hostile({
  kind: 'rule',
  text: () => `a = '${'x'.repeat(900_000)}`,
  is: /cannot be read: close its quotes/,
})
