import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { writeNpy } from '../../src/table/formats/npy.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import type { ColumnChoice } from '../../src/table/inference/choice.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import type { Row } from '../../src/table/table.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRefused, expectRejected } from '../helpers/refusals.ts'
import { bookOf } from '../helpers/xlsx.ts'
import { zipOf } from '../helpers/zip.ts'

const { written } = folderOf('long-numbers')

/** More digits than the largest float64 has. */
const long = '1'.repeat(310)
const numbers = Array.from({ length: 40 }, (_, i) => i + 0.5)
const types = { types: { a: 'number' } } as const

/** The kind of a file's column a, and the notes on it. */
async function kindIn(name: string, content: string | Uint8Array, choice: ColumnChoice = {}) {
  const { columns, notes } = await readTable(undefined, written(name, content), { choice })
  return {
    kind: columns[0]!.kind,
    notes: notes.join('\n'),
    cell: columns[0]!.cells.at(-1)!,
  }
}

describe('a number of 310 digits', () => {
  const csv = `a,b\n${numbers.map((x, i) => `${x},${i % 3}`).join('\n')}\n${long},1\n`

  it('among the numbers of a CSV is a gap, which a note names', async () => {
    const { kind, notes, cell } = await kindIn('one.csv', csv)
    expect(kind).toBe('number')
    expect(notes).toMatch(
      /one\.csv, column a: 40 of 41 cells are numbers, the rest are '1{40}…', which count as missing/,
    )
    expect(cell).toBeNaN()
  })

  it('is refused with its line and column where the column is one of numbers', async () => {
    const line = /one\.csv, line 42, column a: '1{40}…' is no finite number: correct it/
    await expectRejected(() => kindIn('one.csv', csv, types), line)
    const whole = csv.replaceAll('.5,', ',')
    await expectRejected(() => kindIn('one.csv', whole, { types: { a: 'integer' } }), line)
  })

  it('in every cell of a CSV makes the column one of names', async () => {
    expect(await kindIn('all.csv', `a,b\n${long},1\n${long}2,2\n${long},3\n`)).toMatchObject({
      kind: 'category',
    })
  })

  it('is refused in JSON, and as infinity in rows, .npy, Parquet and .xlsx', async () => {
    const infinite = /, row 2, column (a|x0)( is Infinity|: 'Infinity' is no finite number): /
    await expectRejected(() => kindIn('a.json', `[{"a":1},{"a":${long}},{"a":2}]`), infinite)
    await expectRejected(() => kindIn('b.json', '[{"a":1},{"a":1e999},{"a":2}]'), infinite)
    expectRefused(() => tableOfRows([{ a: 1 }, { a: Number.POSITIVE_INFINITY }], 'the rows'), infinite)
    await expectRejected(
      () => kindIn('a.npy', writeNpy(Float64Array.of(1, Number.POSITIVE_INFINITY), [2, 1])),
      infinite,
    )
    const data = [1, Number.POSITIVE_INFINITY, 2]
    const parquet = parquetWriteBuffer({ columnData: [{ name: 'a', data, type: 'DOUBLE' }] })
    await expectRejected(() => kindIn('a.parquet', new Uint8Array(parquet)), infinite)
    const cells = ['<v>1</v>', `<v>${long}</v>`].map((cell) => `<row><c>${cell}</c></row>`).join('')
    await expectRejected(() => kindIn('a.xlsx', zipOf(bookOf(cells))), infinite)
  })
})

describe('a bigint', () => {
  const noteOf = (values: readonly bigint[], choice: ColumnChoice = {}) => {
    const { columns, notes } = tableOfRows(values.map((a) => ({ a })) as unknown as Row[], 'the rows', choice)
    return [columns[0]!.kind, ...notes]
  }

  it('beyond 2 ** 53 makes its column one of names, and the note shows it', () => {
    expect(noteOf([2n ** 60n + 1n, 2n ** 61n + 1n, 3n])).toEqual([
      'category',
      "the rows, column a: its whole numbers, such as 1152921504606846977, have more digits than a float64 keeps, so it is a category: { types: { a: 'number' } } makes it numeric",
    ])
  })

  it('beyond float64 is a gap among numbers, and refused in a column of numbers', () => {
    const values = [10n ** 400n, 2n, 3n]
    expect(noteOf(values)).toEqual([
      'integer',
      expect.stringMatching(
        /^the rows, column a: 2 of 3 cells are numbers, the rest are '10{39}…', which count as missing/,
      ),
    ])
    expectRefused(
      () => noteOf(values, types),
      /^the rows, row 1, column a: '10{39}…' is no finite number: correct it/,
    )
  })
})
