import { zipOf } from '../../helpers/zip.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'database',
  content: () => zipOf([{ name: 'schema.json', content: new Uint8Array(600_000_000) }]),
  is: /is no \.moonstep file, it unpacks to more than 58\.\d MB/,
  isLarge: true,
})
