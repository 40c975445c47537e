import { bookOf } from '../../helpers/xlsx.ts'
import { zipOf } from '../../helpers/zip.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.xlsx',
  content: () => zipOf(bookOf(' '.repeat(50_000_000)).map((part) => ({ ...part, size: 10 }))),
  is: /is no whole \.xlsx file/,
  inPage: /a page reads no spreadsheets/,
})
