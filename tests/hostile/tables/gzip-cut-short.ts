import { gzipSync } from 'node:zlib'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.csv.gz',
  content: () => gzipSync('a,b\n1,2\n3,4\n'.repeat(1000)).subarray(0, -9),
  is: /is no whole gzip file: compress it again/,
})
