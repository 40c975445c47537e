import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'zip',
  content: () => zipSync({ '\x1b[31m/a.csv': new Uint8Array(3) }),
  is: /has \\u\{1b\}\[31m\/a\.csv, a path/,
})
