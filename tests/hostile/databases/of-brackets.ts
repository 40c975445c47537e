import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'database',
  content: () => zipSync({ 'schema.json': Buffer.alloc(1_000_000, '[') }),
  is: /schema\.json is no JSON/,
})
