import fc from 'fast-check'
import papaparse from 'papaparse'
import { expect, it } from 'vitest'
import { recordsIn } from '../../src/table/formats/csv-records.ts'

const formats = [
  { delimiter: ',', newline: '\n' },
  { delimiter: ';', newline: '\r\n' },
  { delimiter: ' ', newline: '\r' },
] as const
const texts = fc
  .array(fc.constantFrom('a', 'b', '"', '""', '","', ',', ';', ' ', '\n', '\r\n', '\r', '"\n'), {
    maxLength: 20,
  })
  .map((pieces) => pieces.join(''))

it('finds the records that papaparse finds, complete or not, and refuses what it calls malformed', () => {
  let refused = 0
  fc.assert(
    fc.property(texts, fc.constantFrom(...formats), fc.boolean(), (text, format, isLast) => {
      const { data, errors, meta } = new papaparse.Parser(format).parse(
        text,
        0,
        !isLast,
      ) as papaparse.ParseResult<string[]>
      const { rows, end, isUnclosed } = recordsIn(text, format, isLast)
      // papaparse takes spaces behind the last quote of a text for its content
      const endsInSpaces = /"\s+$/.test(text)
      if (errors.length > 0) {
        refused++
        if (!endsInSpaces) expect(isUnclosed).toBe(true)
      } else {
        expect(isUnclosed).toBe(false)
        if (text !== '') expect(rows).toEqual(data)
        if (!isLast) expect(end).toBe(meta.cursor)
      }
    }),
    { numRuns: 30_000, seed: 1 },
  )
  expect(refused).toBeGreaterThan(1000)
})

it('knows a quoted empty cell from an empty line, and takes spaces behind a quote', () => {
  const { rows, missing } = recordsIn('a\n""\n\n"b" \n""  ', formats[0], true)
  expect(rows).toEqual([['a'], [''], [''], ['b'], ['']])
  expect([...missing]).toEqual([1, 4])
})
