import { bookOf } from '../../helpers/xlsx.ts'
import { zipOf } from '../../helpers/zip.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.xlsx',
  content: () => zipOf([...bookOf(''), { name: 'xl/media/a', content: new Uint8Array(300_000_000) }]),
  is: /unpacks to .* or more, .* times its size/,
  inPage: /a page reads no spreadsheets/,
  isLarge: true,
})
