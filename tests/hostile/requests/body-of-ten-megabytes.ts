import { hostile } from '../input.ts'

export default hostile({
  kind: 'request',
  path: '/v2/models/penguins/infer',
  body: () => JSON.stringify({ inputs: 'a'.repeat(10_000_000) }),
  status: 413,
  is: /the body is larger than 4194304 bytes/,
})
