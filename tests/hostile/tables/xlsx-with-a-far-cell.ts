import { bookOf } from '../../helpers/xlsx.ts'
import { zipOf } from '../../helpers/zip.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.xlsx',
  content: () =>
    zipOf(
      bookOf(
        '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
      ),
    ),
  is: 'read',
  inPage: /a page reads no spreadsheets/,
})
