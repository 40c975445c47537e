import { bookOf } from '../../helpers/xlsx.ts'
import { zipOf } from '../../helpers/zip.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.xlsx',
  content: () =>
    zipOf([
      ...bookOf('<row><c><v>1</v></c></row><row><c><v>2</v></c></row>'),
      { name: '../../evil', content: new Uint8Array(3) },
    ]),
  is: 'read',
  inPage: /a page reads no spreadsheets/,
})
