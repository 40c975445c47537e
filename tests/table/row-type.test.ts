import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { loadModel, type Model, rowSchema, rowType, sample, type TableRow, toRows } from '../../src/index.ts'
import type { Encoding } from '../../src/table/encodings/encoding.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { encodeRows } from '../../src/table/formats/forms.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import { rowNameOf } from '../../src/table/row-type.ts'
import type { ColumnType } from '../../src/table/table.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { untrainedTable } from '../helpers/tables.ts'

const names = Array.from({ length: 31 }, (_, i) => `town ${i}`)
const nasty = 'a "b"\\ \u2028 $c */'

/** Rows of every kind of column, with names that need quotes. */
const rows = Array.from({ length: 300 }, (_, i) => ({
  id: i,
  [nasty]: i % 2 ? nasty : "it's",
  town: names[(i * 7) % 31]!,
  member: i % 3 === 0,
  tame: i % 5 === 0 ? null : i % 3 === 1 ? 'yes' : 'no',
  won: i % 2,
  price: i % 7 === 0 ? null : Math.round(100 * ((i * 37.17) % 900)) / 100,
  pages: 5 * ((i * 31) % 293),
  born: `20${10 + (i % 15)}-0${1 + (i % 9)}-1${i % 10}`,
  seen: `2024-03-1${i % 10}T10:${10 + (i % 50)}:00+02:00`,
  paid: `1${i % 10}.0${1 + (i % 9)}.2024`,
  at: 1_709_632_800 + 3607 * i,
  planet: 'Earth',
  mail: `user${i}@example.org`,
}))
const types: Record<string, ColumnType> = { id: 'key', won: 'boolean', mail: '/[a-z]{5}@example\\.org/' }
const table = tableOfRows(rows, 'rows', { types })

let model: Model
let sampled: readonly TableRow[]
beforeAll(async () => {
  const bytes = await exportNoisePredictor(untrainedTable(table))
  model = await loadModel(bytes, { provider: 'cpu' })
  const samples = (await sample(model, { count: 1000, seed: 1 })).table
  sampled = toRows(samples)
  const json = JSON.parse(encodeRows('.json', samples) as string)
  expect(sampled).toEqual(json)
  return model.dispose
})

/** What the real compiler says of each program, all of them with the interface. */
function faultsOf(programs: readonly string[]): string[] {
  const options = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es5.d.ts'],
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  const texts = new Map(
    programs.map((text, k) => [`${k}.ts`, `import type { Person } from './row'\n${text}\n`]),
  )
  texts.set('row.ts', rowType(model, 'Person'))
  host.getSourceFile = (file, target) => {
    const text = texts.get(file)
    return text === undefined ? getSourceFile(file, target) : ts.createSourceFile(file, text, target)
  }
  host.fileExists = (file) => texts.has(file)
  host.getCurrentDirectory = () => ''
  const faults = ts.getPreEmitDiagnostics(ts.createProgram([...texts.keys()], options, host))
  const faultsIn = (name: string) =>
    faults.filter(({ file }) => file?.fileName === name || file === undefined || file.fileName === 'row.ts')
  return programs.map((_, k) =>
    faultsIn(`${k}.ts`)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
      .join(' '),
  )
}

const withRows = (list: readonly object[]) =>
  `export const rows: Person[] = ${JSON.stringify(list).replaceAll('\u2028', '\\u2028')}`

describe('the TypeScript interface of a row', () => {
  it('has names, booleans, numbers, gaps and dates as a row has them', () => {
    expect(rowType(model, 'Person')).toBe(`export interface Person {
  id: number
  "a \\"b\\"\\\\ \\u2028 $c */": "a \\"b\\"\\\\ \\u2028 $c */" | "it's"
  town: string
  member: boolean
  tame: 'no' | 'yes' | null
  won: 0 | 1
  price: number | null
  pages: number
  /** A date in the form YYYY-MM-DD. */
  born: string
  /** A date in the form YYYY-MM-DDThh:mm:ss+02:00. */
  seen: string
  /** A date in the form DD.MM.YYYY. */
  paid: string
  /** Seconds since 1970. */
  at: number
  planet: 'Earth'
  mail: string
}
`)
  })

  it('is one that the compiler takes, and samples are of it, but no other rows', () => {
    expect(sampled.some(({ tame }) => tame === null)).toBe(true)
    const others = [{ tame: 'maybe' }, { pages: null }, { price: '12' }, { other: 1 }, { town: undefined }]
    const faults = faultsOf([
      withRows(sampled.slice(0, 50)),
      ...others.map((change) => withRows([{ ...sampled[0], ...change }])),
    ])
    expect(faults).toEqual([
      '',
      expect.stringMatching(/^Type '"maybe"' is not assignable to type '"no" \| "yes" \| null'/),
      expect.stringMatching(/^Type 'null' is not assignable to type 'number'/),
      expect.stringMatching(/^Type 'string' is not assignable to type 'number'/),
      expect.stringMatching(/"other"' does not exist in type 'Person'/),
      expect.stringMatching(/^Property 'town' is missing/),
    ])
  }, 60_000)

  it('is refused a name that is no identifier', () => {
    expectRefused(() => rowType(model, 'my row'), "name is 'my row': give a name such as Row")
  })
})

describe('the JSON Schema of a row', () => {
  const compiled = () => addFormats.default(new Ajv2020({ strictTypes: false })).compile(rowSchema(model))

  it('has the ranges, names and forms of the columns', () => {
    expect(rowSchema(model, 'Person')).toMatchObject({
      title: 'Person',
      properties: {
        id: { type: 'integer', minimum: 0 },
        town: { enum: expect.arrayContaining(names) },
        member: { type: 'boolean' },
        tame: { type: ['string', 'null'], enum: ['no', 'yes', null] },
        won: { type: 'integer', enum: [0, 1] },
        price: {
          type: ['number', 'null'],
          // the means of three, 6.51 and 894.93, in steps of .09
          minimum: 6.48,
          maximum: 894.96,
        },
        pages: { type: 'integer', minimum: 0, maximum: 1455, multipleOf: 5 },
        born: { type: 'string', format: 'date' },
        seen: { type: 'string', format: 'date-time' },
        paid: { type: 'string', description: 'A date in the form DD.MM.YYYY' },
        at: { type: 'integer', minimum: 1_709_632_800 + 3607, maximum: 1_709_632_800 + 3607 * 298 },
        planet: { enum: ['Earth'] },
        mail: { type: 'string' },
      },
      required: Object.keys(rows[0]!),
      additionalProperties: false,
    })
  })

  it('takes 1000 samples', () => {
    const isRow = compiled()
    const refused = sampled.find((row) => !isRow(row))
    expect([refused, isRow.errors]).toEqual([undefined, null])
  })

  it.each([
    ['a name that the column lacks', { tame: 'maybe' }],
    ['another word for true', { member: 'true' }],
    ['a gap in a column without gaps', { town: null }],
    ['a number out of range', { price: 1e6 }],
    ['a number that is no multiple', { pages: 7 }],
    ['half a key', { id: 0.5 }],
    ['a key before the first', { id: -1 }],
    ['a day that no calendar has', { born: '2024-02-31' }],
    ['a time without a zone', { seen: '2024-03-05T10:00:00' }],
    ['a column too many', { other: 1 }],
    ['a column too few', { price: undefined }],
  ])('refuses %s', (_, change) => {
    const isRow = compiled()
    expect(isRow(sampled[0])).toBe(true)
    expect(isRow(JSON.parse(JSON.stringify({ ...sampled[0], ...change })))).toBe(false)
  })
})

describe('a column that samples may take beyond its range', () => {
  const schemaOf = (encoding: Encoding, name: string) =>
    rowSchema({ card: { columns: [], encoding } as never }).properties[name]

  it('has none in the schema if it is scaled, as those of points are', () => {
    const column = { name: 'x', kind: 'number', as: 'linear', min: 0, max: 1 } as const
    expect(schemaOf({ columns: [column] }, 'x')).toEqual({ type: 'number' })
  })

  it('is the range of the column if it depends on a category, and all samples are in it', async () => {
    await using birds = await loadModel('models/penguins/model.onnx')
    const schema = rowSchema(birds)
    expect(schema.properties.flipper_length_mm).toEqual({
      type: ['integer', 'null'],
      minimum: 176,
      maximum: 230,
    })
    const isRow = new Ajv2020({ strictTypes: false }).compile(schema)
    const { table } = await sample(birds, { count: 500 })
    for (const row of toRows(table)) expect([row, isRow(row)]).toEqual([row, true])
  })

  it('has none if it is a sum of others', () => {
    const data = Array.from({ length: 400 }, (_, i) => {
      const [net, tax] = [(i * 7919) % 1009, (i * 104_729) % 503]
      return { net, tax, total: net + tax }
    })
    const encoding = fitTable(tableOfRows(data, 'rows'))
    const { column } = encoding.relations![0]!
    expect(schemaOf(encoding, column)).toEqual({ type: 'integer' })
    const other = ['net', 'tax', 'total'].find((name) => name !== column)!
    expect(schemaOf(encoding, other)).toMatchObject({ minimum: 2 })
  })
})

it.each([
  ['penguins.onnx', 'Penguins'],
  ['models/two-moons/two-moons.onnx', 'TwoMoons'],
  ['C:\\models\\my_sales 2024.onnx', 'My_sales2024'],
  ['http://127.0.0.1/census.onnx?v=2', 'Census'],
  ['été.onnx', 'Été'],
  ['2024.onnx', 'Row'],
  ['.onnx', 'Row'],
])('the rows of %s are called %s', (file, name) => {
  expect(rowNameOf(file)).toBe(name)
})
