import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'zip',
  content: () =>
    zipSync(Object.fromEntries(Array.from({ length: 10_001 }, (_, k) => [`${k}.csv`, new Uint8Array()]))),
  is: /has more than 10,000 files: zip those of the tables alone/,
})
