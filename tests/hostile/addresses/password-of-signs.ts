import { hostile } from '../input.ts'

export default hostile({
  kind: 'address',
  address: 'postgres://user:p@s/s?w#@host/shop',
  secrets: ['p@s', 's?w', '/s?'],
  is: /cannot reach/,
})
