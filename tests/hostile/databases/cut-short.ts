import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'database',
  content: () => zipSync({ 'schema.json': new Uint8Array(1000) }).subarray(0, -30),
  is: /it is no zip/,
})
