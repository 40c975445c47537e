import { hostile } from '../input.ts'

export default hostile({
  kind: 'address',
  address: 'postgres://user@host.invalid/shop?pas%73word=secret',
  secrets: ['secret'],
  is: /cannot reach/,
})
