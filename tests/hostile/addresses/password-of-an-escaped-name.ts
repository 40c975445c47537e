import { hostile } from '../input.ts'

export default hostile({
  kind: 'address',
  address: 'postgres://user@host.invalid/shop?p%61ssword=secret',
  secrets: ['secret'],
  is: /cannot reach/,
})
