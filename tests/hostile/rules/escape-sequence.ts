import { hostile } from '../input.ts'

export default hostile({
  kind: 'rule',
  text: () => '\x1b[31ma < b',
  is: /\\u\{1b\}\[31ma/,
})
