import { bookOf } from '../../helpers/xlsx.ts'
import { zipOf } from '../../helpers/zip.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'table',
  file: 'a.xlsx',
  content: () =>
    zipOf(
      bookOf(
        `<!DOCTYPE a [<!ENTITY b "${'b'.repeat(1000)}">]><row><c t="inlineStr"><is><t>&b;&b;</t></is></c></row>`,
      ),
    ),
  is: /is no whole \.xlsx file|has one row|no rows/,
  inPage: /a page reads no spreadsheets/,
})
