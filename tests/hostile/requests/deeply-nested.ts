import { hostile } from '../input.ts'

export default hostile({
  kind: 'request',
  path: '/v2/models/two-moons-seed/infer',
  body: () => '['.repeat(100_000),
  status: 400,
  is: /the request is no JSON/,
})
