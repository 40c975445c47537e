import { hostile } from '../input.ts'

export default hostile({
  kind: 'address',
  address: 'postgres://user:my secret word@host/shop',
  secrets: ['secret', 'word'],
  is: /cannot reach/,
})
