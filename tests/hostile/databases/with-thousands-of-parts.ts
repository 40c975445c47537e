import { zipSync } from 'fflate'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'database',
  content: () =>
    zipSync(Object.fromEntries(Array.from({ length: 10_001 }, (_, k) => [`${k}.json`, new Uint8Array()]))),
  is: /it has more than 10,000 parts/,
})
