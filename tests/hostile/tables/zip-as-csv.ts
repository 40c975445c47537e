import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv',
  content: () => zipSync({ 'a.csv': new Uint8Array(10) }),
  is: /is a zip archive/,
})
