import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'zip',
  content: () => zipSync({ 'a.csv': new Uint8Array(1000) }).subarray(0, -30),
  is: /is no zip file, or a broken one/,
})
