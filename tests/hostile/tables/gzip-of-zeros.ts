import { gzipSync } from 'node:zlib'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv.gz',
  content: () => gzipSync(new Uint8Array(400_000_000)),
  is: /unpacks to .* or more, .* times its size/,
  isLarge: true,
})
