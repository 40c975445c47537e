import { zipOf } from '../../helpers/zip.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'zip',
  content: () => zipOf([{ name: 'a.csv', content: new Uint8Array(300_000_000) }]),
  is: /unpacks to more than 256 MiB: give fewer rows/,
})
