import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { conditionOf, withSources } from '../../../src/table/condition.ts'
import { describeEncoding } from '../../../src/table/describe.ts'
import { decode, decodeCells } from '../../../src/table/encodings/decode.ts'
import { encode, encodeCells, isUnknown } from '../../../src/table/encodings/encode.ts'
import { blocksOf, codedColumns, dimensionsOf } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { knownOf } from '../../../src/table/known.ts'
import type { NamedTable, TableColumn } from '../../../src/table/table.ts'

const drawn = (count: number, step: number) =>
  uniforms({ seed: 5, stream: streams.datasets, step, start: 0, count, dim: 1 })

const names = (name: string, cells: Float64Array): TableColumn => ({
  name,
  kind: 'category',
  categories: Array.from({ length: Math.max(...cells) + 1 }, (_, k) => `${name} ${k}`),
  cells,
})

const count = 4000
const [u, w] = [drawn(count, 0), drawn(count, 1)]
/** Each of 20 states has 8 of 60 counties, and some counties are in several states. */
const state = u.map((each) => Math.floor(20 * each))
const countyOf = (state: number, k: number) => (state * 7 + k * k) % 60
const county = w.map((each, i) => countyOf(state[i]!, Math.floor(8 * each)))
// a combination that a single row has
county[0] = countyOf(state[0]! + 1, 2)
const size = drawn(count, 2)
const table: NamedTable = {
  name: 'a table',
  count,
  columns: [names('state', state), names('county', county), { name: 'size', kind: 'number', cells: size }],
}
const seen = new Set(
  Array.from(state, (each, i) => `${each} ${county[i]}`).filter(
    (each, i, all) => i > 0 || all.indexOf(each, 1) > 0,
  ),
)
const encoding = fitTable(table)
const [relation] = encoding.relations!

describe('combinations of the names of two columns', () => {
  it('are found, those of three rows or more', () => {
    expect(seen.size).toBeGreaterThan(100)
    expect(describeEncoding(encoding)).toContain(`county and state come in ${seen.size} combinations`)
    expect(relation).toMatchObject({ kind: 'combination', column: 'county', by: ['state'] })
    expect(encoding.columns[1]!.as).toBe('derived')
    expect(codedColumns(encoding)).toHaveLength(4)
    // in columns that were shuffled, none are
    const order = drawn(count, 3)
    const rows = [...state.keys()].sort((a, b) => order[a]! - order[b]!)
    const shuffledRows = { ...table.columns[1]!, cells: county.map((_, i) => county[rows[i]!]!) }
    const { relations } = fitTable({
      ...table,
      columns: [table.columns[0]!, shuffledRows, table.columns[2]!],
    })
    expect(relations).toBeUndefined()
  })

  it('come back from codes, and a rare one is unknown to the training', () => {
    const codes = encodeCells(encoding, table, 'kept')
    const back = decodeCells(encoding, codes)
    expect([...back.columns[1]!.cells].slice(1)).toEqual([...county].slice(1))
    const blocks = blocksOf(encoding).filter(({ column }) => column === 3)
    const unknown = (i: number) => blocks.every((block) => isUnknown(block, codes.data[i * 4 + 3]!))
    expect([...state.keys()].filter(unknown)).toEqual([0])
  })

  it('are the only ones of samples, whatever the network draws', () => {
    const dim = dimensionsOf(encoding)
    const noise = uniforms({ seed: 1, stream: streams.datasets, step: 7, start: 0, count: 3000, dim })
    const { columns } = decode(encoding, { data: noise, count: 3000, dim })
    const of = columns[0]!.cells
    expect([...of].filter((each, i) => !seen.has(`${each} ${columns[1]!.cells[i]}`))).toEqual([])
    expect(new Set(of).size).toBe(20)
  })

  it('let each part be given: the other is one that it comes with, by its share of the rows', () => {
    const known = withSources(
      encoding,
      knownOf(encoding, { county: 'county 7' }),
      2000,
      (i) => (i + 0.5) / 2000,
    )
    const shares = (cells: Float64Array) =>
      new Map(
        [...new Set(cells)]
          .sort((a, b) => a - b)
          .map((each) => [each, cells.filter((x) => x === each).length / cells.length]),
      )
    const expected = shares(state.filter((_, i) => i > 0 && county[i] === 7))
    const found = shares(known.cells[0]!)
    expect([...found.keys()]).toEqual([...expected.keys()])
    for (const [each, share] of expected) expect(Math.abs(found.get(each)! - share)).toBeLessThan(0.001)
    // and the number of the combination is then known too
    const marks = conditionOf(encoding, known, 2000).known
    const ofCounty = blocksOf(encoding).flatMap(({ column }, b) => (column === 3 ? [b] : []))
    for (const b of ofCounty) expect(marks.data[b]).toBe(1)
  })

  it('may be given against the rows: the cells stay, and the number of the combination is not known', () => {
    const other = [...Array(60).keys()].find((each) => !seen.has(`3 ${each}`))!
    const known = knownOf(encoding, { state: 'state 3', county: `county ${other}` })
    const marks = conditionOf(encoding, known, 1).known
    const ofCounty = blocksOf(encoding).flatMap(({ column }, b) => (column === 3 ? [b] : []))
    for (const b of ofCounty) expect(marks.data[b]).toBe(0)
    expect(
      encode(encoding, {
        ...table,
        count: 1,
        columns: table.columns.map((each) => ({ ...each, cells: each.cells.slice(5, 6) })),
      }).count,
    ).toBe(1)
  })
})

describe('combinations with missing values', () => {
  // counties of three states are missing now and then, and the state of two counties is
  const isAt = (i: number, share: number) => w[i]! * 97 - Math.floor(w[i]! * 97) < share
  const counties = county.map((each, i) => (state[i]! < 3 && isAt(i, 0.4) ? Number.NaN : each))
  const states = state.map((each, i) => (counties[i]! % 30 === 7 && isAt(i, 0.5) ? Number.NaN : each))
  const columns = [names('state', states), names('county', counties), table.columns[2]!].map((column) => ({
    ...column,
    ...(column.categories && { categories: Array.from({ length: 60 }, (_, k) => `${column.name} ${k}`) }),
  }))
  const withMissing: NamedTable = { ...table, columns }
  const encoding = fitTable(withMissing)
  const pairs = Array.from(states, (each, i) => `${each} ${counties[i]}`)
  const often = new Set(pairs.filter((each) => pairs.filter((other) => other === each).length > 2))

  it('take a missing value for one of the values', () => {
    expect([...often].filter((each) => each.includes('NaN')).length).toBeGreaterThan(4)
    expect(describeEncoding(encoding)).toContain(`county and state come in ${often.size} combinations`)
    const back = decodeCells(encoding, encodeCells(encoding, withMissing, 'kept'))
    const of = Array.from(back.columns[0]!.cells, (each, i) => `${each} ${back.columns[1]!.cells[i]}`)
    expect(of.filter((each, i) => each !== pairs[i] && often.has(pairs[i]!))).toEqual([])
  })

  it('are the only ones of samples', () => {
    const dim = dimensionsOf(encoding)
    const noise = uniforms({ seed: 1, stream: streams.datasets, step: 7, start: 0, count: 3000, dim })
    const { columns } = decode(encoding, { data: noise, count: 3000, dim })
    const made = Array.from(columns[0]!.cells, (each, i) => `${each} ${columns[1]!.cells[i]}`)
    expect(made.filter((each) => !often.has(each))).toEqual([])
    expect(made.some((each) => each.endsWith('NaN'))).toBe(true)
  })

  it('distinguish what is missing from what is not known', () => {
    const marksOf = (given: Record<string, string | null>) => {
      const { known } = conditionOf(encoding, knownOf(encoding, given), 1)
      return blocksOf(encoding).flatMap(({ column }, b) => (column === 3 ? [known.data[b]] : []))
    }
    for (const mark of marksOf({ state: 'state 1' })) expect(mark).toBe(0)
    for (const mark of marksOf({ state: 'state 1', county: null })) expect(mark).toBe(1)
  })
})
