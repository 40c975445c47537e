import { describe, expect, it } from 'vitest'
import {
  type Column,
  definitionOf,
  type NamedTable,
  type Table,
  tableOfPoints,
} from '../../src/table/table.ts'
import {
  describeMissing,
  describeUnknown,
  matchOwnNames,
  matchWithOther,
  typesForAnyWord,
  unknownNames,
  withYesAndNo,
} from '../../src/table/unknown-names.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { visited } from '../helpers/visited.ts'
import { pointsOf } from '../measure/oracle.ts'

const gap = Number.NaN
const city = (categories: string[]): Column => ({ name: 'city', kind: 'category', categories })
const tame = (categories: string[]): Column => ({ name: 'tame', kind: 'boolean', categories })
const table = (columns: Column[], rows: number[][]): NamedTable => ({
  name: 'rows.csv',
  ...tableOfPoints(columns, pointsOf(rows)),
})
/** The rows' cells as texts. */
const textsOf = ({ count, columns }: Table) =>
  Array.from({ length: count }, (_, i) =>
    columns.map(({ categories, cells }) => categories?.[cells[i]!] ?? null),
  )
/** The cells of rows as texts, in the columns of a model. */
const textsIn = (columns: readonly Column[], known: readonly Float64Array[]) =>
  textsOf({ count: known[0]!.length, columns: columns.map((column, d) => ({ ...column, cells: known[d]! })) })

const model = { name: 'm.onnx', columns: [tame(['no', 'yes']), city(['Bern', 'Rome'])] }
const rows = table(
  [city(['Ghent', 'Oslo', 'Rome', 'Bern', 'Paris']), tame(['No', 'Yes'])],
  [
    [0, 0],
    [1, 1],
    [0, 1],
    [2, gap],
    [3, 0],
    [gap, 1],
  ], // prettier
)

describe('names that a model does not know', () => {
  it('are counted for each column, the most frequent first, in cells alone', () => {
    expect(unknownNames(rows, model)).toEqual([{ column: 'city', cells: 3, names: ['Ghent', 'Oslo'] }])
    expect(unknownNames(table([city(['Rome', 'Paris'])], [[0], [0]]), model)).toEqual([])
  })

  it('count as other, and the other cells are as they were', () => {
    const matched = matchWithOther(rows, model)
    expect(textsOf(matched)).toEqual([
      ['no', 'other'],
      ['yes', 'other'],
      ['yes', 'other'],
      [null, 'Rome'],
      ['no', 'Bern'],
      ['yes', null],
    ])
    expect(matched.columns[1]!.categories).toEqual(['Bern', 'Rome', 'other'])
    expect(definitionOf(matched.columns[0]!)).toEqual(model.columns[0])
    expect(matched.unknown).toEqual(unknownNames(rows, model))
  })

  it('count as the model’s own other if it has one', () => {
    const matched = matchWithOther(rows, { ...model, columns: [city(['other', 'Rome']), model.columns[0]!] })
    expect(matched.columns[0]!.categories).toEqual(['other', 'Rome'])
    expect(textsOf(matched).map(([name]) => name)).toEqual(['other', 'other', 'other', 'Rome', 'other', null])
  })

  it('are said in one line, which lists a few', () => {
    const [unknown] = unknownNames(rows, model)
    expect(describeUnknown(unknown!, 'rows.csv', 'm.onnx', 'drawn as other')).toBe(
      'rows.csv, column city: 3 cells have names that m.onnx does not know (Ghent, Oslo): drawn as other',
    )
    const many = { column: 'city', cells: 1, names: ['a', 'b\n', 'c', 'd', 'e'] }
    expect(describeUnknown(many, 'r', 'm', 'so')).toBe(
      'r, column city: 1 cell has a name that m does not know (a, b\\u{a}, c, and 2 more): so',
    )
  })

  it('stay as they are, next to the cells as the model takes them', () => {
    const { known, missing, ...own } = matchOwnNames(rows, model)
    expect(textsOf(own).map(([, name]) => name)).toEqual(textsOf(rows).map(([name]) => name))
    const inModel = [null, null, null, 'Rome', 'Bern', null]
    expect(textsIn(model.columns, known).map(([, name]) => name)).toEqual(inModel)
    expect(missing).toEqual(unknownNames(rows, model))
    const withOther = { ...model, columns: [tame(['no', 'yes']), city(['Bern', 'Rome', 'other'])] }
    const matched = matchOwnNames(rows, withOther)
    expect(textsIn(withOther.columns, matched.known).map(([, name]) => name)).toEqual(
      inModel.map((name, i) => (i < 3 ? 'other' : name)),
    )
    expect(textsOf(matched)).toEqual(textsOf(own))
    expect(matched.missing).toEqual([])
  })

  it('are looked up once for each name, however many there are', () => {
    let reads = 0
    const names = Array.from({ length: 2000 }, (_, k) => `n${k}`)
    const watched = new Proxy(names, {
      get(target, key, receiver) {
        if (typeof key === 'string' && /^[0-9]+$/.test(key)) reads++
        return Reflect.get(target, key, receiver)
      },
    })
    const many = table(
      [city(Array.from({ length: 2000 }, (_, k) => `m${k}`))],
      names.map((_, k) => [k]),
    )
    expect(unknownNames(many, { columns: [city(watched)] })[0]!.cells).toBe(2000)
    expect(reads).toBeLessThan(10 * 2000)
  })

  it('that count as missing are counted in one line for all columns', () => {
    const many = ['a', 'b\u202e', 'c', 'd', 'e'].map((column) => ({ column, cells: 2, names: ['x', '<b>'] }))
    expect(describeMissing(many, 'r', 'm')).toBe(
      'r: 10 cells have names that m does not know (2 in column a: x, <b>; 2 in column b\\u{202e}: x, <b>; 2 in column c: x, <b>; ' +
        'and 2 more columns): they stay unchanged, and count as missing where the rest of their rows is filled',
    )
    expect(describeMissing([{ column: 'a', cells: 1, names: ['x'] }], 'r', 'm')).toBe(
      'r: 1 cell has a name that m does not know (1 in column a: x): it stays unchanged, and counts as missing where the rest of its row is filled',
    )
  })

  it('do not excuse a column that the model lacks', () => {
    const strange = table([city(['Oslo']), { name: 'x', kind: 'number' }], [[0, 1]])
    expectRefused(
      () => matchWithOther(strange, model),
      /rows\.csv has a column x, which m\.onnx does not have/,
    )
  })
})

describe('columns of yes and no, read as names', () => {
  const read = (categories: string[]) => {
    const names = table(
      [city(['Bern']), { ...city(categories), name: 'tame' }],
      [[0, gap], ...categories.map((_, k) => [0, k])],
    )
    return { names, closed: withYesAndNo(names, model) }
  }

  it('are yes and no in the words of the reference again, if they have no other', () => {
    for (const words of [
      ['No', 'Yes'],
      ['0', '1.0'],
      ['FALSE', 'true'],
      ['no', 'yes'],
    ]) {
      const { names, closed } = read(words)
      expect(definitionOf(closed.columns[1]!)).toEqual(model.columns[0])
      expect(textsOf(closed).map(([, word]) => word)).toEqual([null, 'no', 'yes'])
      expect(textsOf(names).map(([, word]) => word)).toEqual([null, ...words])
    }
  })

  it('are names if they have others, which are unknown, and words for a missing cell are gaps', () => {
    const { closed } = read(['maybe', 'YES', 'NA', 'no'])
    expect(closed.columns[1]).toMatchObject({ kind: 'category', categories: ['no', 'yes', 'maybe'] })
    expect(textsOf(closed).map(([, word]) => word)).toEqual([null, 'maybe', 'yes', null, 'no'])
    expect(unknownNames(closed, model)).toEqual([{ column: 'tame', cells: 1, names: ['maybe'] }])
    const matched = matchWithOther(closed, model)
    expect(definitionOf(matched.columns[0]!)).toEqual({
      name: 'tame',
      kind: 'category',
      categories: ['no', 'yes', 'other'],
    })
    expect(textsOf(matched).map(([word]) => word)).toEqual([null, 'other', 'yes', null, 'no'])
  })

  it('are read as such where their types say so, and other columns as theirs', () => {
    expect(typesForAnyWord({ tame: 'boolean', born: 'date:dmy', age: 'integer' })).toEqual({
      tame: 'category',
      born: 'date:dmy',
      age: 'integer',
    })
  })
})

it('thousands of names that thousands of others lack are found without comparing each with each', async () => {
  const [known, unknown] = ['known', 'other'].map((word) =>
    Array.from({ length: 2000 }, (_, i) => `${word}-${i}`),
  ) as [string[], string[]]
  const many = table(
    [city(unknown)],
    unknown.map((_, i) => [i]),
  )
  const { characters } = await visited(() => {
    const { missing } = matchOwnNames(many, { name: 'm.onnx', columns: [city(known)] })
    expect(missing[0]!.names).toHaveLength(2000)
    expect(describeMissing(missing, 'rows.csv', 'm.onnx')).toContain('and 1997 more')
  })
  expect(characters).toBeLessThan(40 * [...known, ...unknown].join('').length)
})
