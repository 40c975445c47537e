import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'zip',
  content: () => zipSync({ '../../a.csv': new Uint8Array(3) }),
  is: /has \.\.\/\.\.\/a\.csv, a path: zip the files alone/,
})
