import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnNamed } from '../../src/table/columns.ts'
import { epochUnitOf, formatDate, joinForms, orderOf, parseDate } from '../../src/table/dates.ts'
import { encodeSamples, sampleEndings, sampleParts } from '../../src/table/formats/files.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { booleanOf } from '../../src/table/inference/cells.ts'
import {
  type Column,
  type ColumnKind,
  definitionOf,
  kindsOf,
  type NumberForm,
  pointsOf,
  rowsBetween,
  type Table,
  tableOfPoints,
} from '../../src/table/table.ts'
import { folderOf } from '../helpers/folders.ts'
import { certainForms, orderedForms } from './date-forms.ts'

const { written } = folderOf('round')

const word = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom('"', ',', ';', '\t', '|', ' ', '\n', '\r', 'a', 'é', "'", '1'),
      maxLength: 8,
    }),
    fc.constantFrom(
      'NA',
      '-',
      'inf',
      '02134',
      '1e999',
      'true',
      '__proto__',
      'constructor',
      '2011-12-31',
      '""',
    ),
  )
  .map((text) => text.trim())
  // a file that begins with a zero byte is UTF-16
  .filter((text) => text !== '' && !text.includes('\0'))

/** A column with cells as texts, null where they are missing. */
interface Drawn {
  readonly column: Column
  readonly cells: readonly number[]
}

const gapped = (rows: number, cell: fc.Arbitrary<number>) =>
  fc
    .array(fc.option(cell, { freq: 4, nil: Number.NaN }), { minLength: rows, maxLength: rows })
    .filter((cells) => cells.some((each) => !Number.isNaN(each)))

const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)
const whole = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -5, max: 5 }))

/** Numbers with at most two decimals. */
const cents = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((x) => x / 100 + 0)

const numberForms: readonly NumberForm[] = [
  { prefix: '$', group: ',', decimals: 2 },
  { prefix: '€ ' },
  { suffix: '%', decimals: 1 },
  { suffix: ' %', decimal: ',' },
  { suffix: ' kr', group: '\u00a0', decimal: ',', decimals: 2 },
  { group: '.', decimal: ',' },
  { group: "'", decimals: 2 },
  { group: ',', parentheses: true },
  { width: 12 },
  { width: 1, duration: true },
]

/** Times that a form can write. */
function timeIn(form: string): fc.Arbitrary<number> {
  const unit = epochUnitOf(form)
  const [min, max] = unit
    ? [Date.UTC(1971, 0), Date.UTC(2100, 0)]
    : [-62_166_000_000_000, 253_402_200_000_000]
  return fc
    .integer({ min, max })
    .map((time) =>
      unit ? Math.floor(time / unit) * unit : parseDate(formatDate(time, form), orderOf(form))!.time,
    )
}

function columnOf(name: string, rows: number): fc.Arbitrary<Drawn> {
  const of = (kind: ColumnKind, cell: fc.Arbitrary<number>, more: Partial<Column> = {}) =>
    gapped(rows, cell).map((cells) => ({ column: { name, kind, ...more }, cells }))
  return fc.oneof(
    of('number', numbers),
    of('integer', whole),
    fc.constant({ column: { name, kind: 'key' as const }, cells: Array.from({ length: rows }, (_, i) => i) }),
    fc
      .constantFrom('true', 'TRUE', 'True', 'yes', 'Yes', 'YES', '1')
      .chain((yes) => of('boolean', fc.nat(1), { categories: [booleanOf(yes)!.opposite, yes] })),
    fc.constantFrom(...certainForms, ...orderedForms).chain((form) => of('date', timeIn(form), { form })),
    fc
      .constantFrom<NumberForm>(...numberForms)
      .chain((numberForm) => of('number', numberForm.width ? fc.nat() : cents, { numberForm })),
    fc.array(word, { minLength: 1, maxLength: 6 }).chain((words) =>
      gapped(rows, fc.nat(words.length - 1)).map((cells) => {
        // only those that are there, in their order
        const categories = [...new Set(cells.filter((k) => !Number.isNaN(k)).map((k) => words[k]!))].sort()
        const areNumbers = categories.every(
          (text) => Number.isFinite(Number.parseFloat(text)) && /^[\d.]+$/.test(text),
        )
        if (areNumbers) categories.sort((a, b) => Number(a) - Number(b))
        return {
          column: { name, kind: 'category' as const, categories },
          cells: cells.map((k) => (Number.isNaN(k) ? k : categories.indexOf(words[k]!))),
        }
      }),
    ),
  )
}

function tableOf(drawn: readonly Drawn[]): Table {
  return {
    count: drawn[0]!.cells.length,
    columns: drawn.map(({ column, cells }) => ({ ...column, cells: Float64Array.from(cells) })),
  }
}

const tables = fc
  .tuple(fc.uniqueArray(word, { minLength: 1, maxLength: 5 }), fc.integer({ min: 2, max: 12 }))
  .chain(([names, rows]) => fc.tuple(...names.map((name) => columnOf(name, rows))))
  .map(tableOf)

async function readAgain(ending: string, content: string | Uint8Array, table: Table) {
  const again = await readTable(undefined, written(`a${ending}`, content), {
    choice: { types: kindsOf(table) },
  })
  // JSON has keys that are numbers first
  return {
    count: again.count,
    columns: table.columns.map(({ name }) => columnNamed(again.columns, name)),
  }
}

/** Of text, and such as are read. */
const textEndings = sampleEndings.filter((ending) => /^\.(csv|tsv|json|jsonl)/.test(ending))

describe('a table that is written and read again is the same', () => {
  it.each(textEndings)('in %s', async (ending) => {
    const isJson = ending.startsWith('.json')
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const content = encodeSamples(`a${ending}`, table)
        const again = await readAgain(ending, content, table)
        expect(pointsOf(again)).toEqual(pointsOf(table))
        // the cells may have fewer digits than their form, but are written alike
        if (!isJson) expect(encodeSamples(`a${ending}`, again)).toEqual(content)
        for (const [d, { form = undefined, categories = undefined, ...column }] of table.columns.entries()) {
          const { numberForm: _, ...bare } = definitionOf(column)
          expect(again.columns[d]).toMatchObject(bare)
          const read = again.columns[d]!.form
          expect(form && read ? joinForms(read, form) : read).toBe(form)
          // JSON has booleans of its own
          const own = isJson && /^true$/i.test(categories?.[1] ?? '') && column.kind === 'boolean'
          expect(again.columns[d]!.categories).toEqual(own ? ['false', 'true'] : categories)
        }
      }),
      { seed: 7, numRuns: ending.endsWith('.gz') ? 15 : 100 },
    )
  })

  it('in .parquet, but for the forms of dates', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const again = await readAgain('.parquet', encodeSamples('a.parquet', table), table)
        expect(pointsOf(again)).toEqual(pointsOf(table))
        expect(again.columns.map(({ name, kind }) => [name, kind])).toEqual(
          table.columns.map(({ name, kind }) => [name, kind]),
        )
        for (const [d, { kind, categories }] of table.columns.entries())
          if (kind === 'category') expect(again.columns[d]!.categories).toEqual(categories)
      }),
      { seed: 7, numRuns: 70 },
    )
  })

  it('in .npy, if it has only numbers', async () => {
    const rows = fc.array(fc.tuple(numbers, numbers.map(Math.fround)), { minLength: 2, maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (rows, isDouble) => {
        const data = isDouble ? Float64Array.from(rows.flat()) : Float32Array.from(rows.flat())
        fc.pre(data.every(Number.isFinite))
        const columns = [
          { name: 'x0', kind: 'number' },
          { name: 'x1', kind: 'number' },
        ] as const
        const points = { data, count: rows.length, dim: 2 }
        const table = tableOfPoints(columns, points)
        const content = encodeSamples('a.npy', table) as Uint8Array
        expect(content.length % 64).toBe(data.byteLength % 64)
        const again = await readAgain('.npy', content, table)
        expect([...pointsOf(again).data]).toEqual([...data])
      }),
      { seed: 7, numRuns: 40 },
    )
  })

  it.each(['.csv', '.jsonl', '.parquet'])('in %s, if its numbers are float32', async (ending) => {
    const cells = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(cells, async (cells) => {
        const points = { data: Float32Array.from(cells), count: cells.length, dim: 1 }
        const table = tableOfPoints([{ name: 'x', kind: 'number' }], points)
        const again = await readAgain(ending, encodeSamples(`a${ending}`, table), table)
        expect(Float32Array.from(again.columns[0]!.cells, (x) => x + 0)).toEqual(
          points.data.map((x) => x + 0),
        )
      }),
      { seed: 7, numRuns: 40 },
    )
  })

  it('with inferred kinds, if the cells determine them', async () => {
    const table = tableOfPoints(
      [
        { name: 'n', kind: 'number' },
        { name: 'i', kind: 'integer' },
        { name: 'b', kind: 'boolean', categories: ['No', 'Yes'] },
        { name: 'c', kind: 'category', categories: ['blue', 'red, or so', 'two\nlines'] },
        { name: 'd', kind: 'date', form: 'YYYY-MM-DD hh:mm' },
      ],
      {
        data: Float64Array.from(
          [
            [0.5, 3, 1, 1, 60_000],
            [Number.NaN, 4, Number.NaN, 2, 0],
            [1e-9, -7, 0, 0, Number.NaN],
          ].flat(),
        ),
        count: 3,
        dim: 5,
      },
    )
    for (const ending of textEndings) {
      const file = written(`b${ending}`, encodeSamples(`b${ending}`, table))
      const { count, columns } = await readTable(undefined, file)
      expect({ count, columns }).toEqual(table)
    }
  })
})

it.each(sampleEndings.filter((ending) => ending !== '.npy'))(
  'a file in %s is the same if it is written in chunks',
  async (ending) => {
    const drawn = fc.sample(columnOf('a, "b"', 9), { seed: 3, numRuns: 3 })
    const table = tableOf(
      drawn.map(({ column, cells }, d) => ({ cells, column: { ...column, name: `${column.name}${d}` } })),
    )
    const files: Buffer[] = []
    for (const size of [9, 1, 4]) {
      async function* chunks() {
        for (let start = 0; start < 9; start += size)
          yield rowsBetween(table, start, Math.min(9, start + size))
      }
      const parts: Buffer[] = []
      for await (const part of sampleParts(`a${ending}`, chunks(), 9, table))
        parts.push(Buffer.from(part as string))
      files.push(Buffer.concat(parts))
      expect(files.at(-1)!.equals(files[0]!)).toBe(true)
    }
    if (ending !== '.arrow')
      expect(files[0]!.equals(Buffer.from(encodeSamples(`a${ending}`, table) as string))).toBe(true)
  },
)
