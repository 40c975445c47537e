import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { impute } from '../../src/infer/impute.ts'
import type { Model } from '../../src/infer/model.ts'
import { loadModel } from '../../src/node/providers.ts'
import { columnNamed } from '../../src/table/columns.ts'
import { columnsAt, namesOf, rowsBetween, type Table } from '../../src/table/table.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { petModel, untrainedTable } from '../helpers/tables.ts'

const { table: pets, ...trained } = petModel()
const count = 30
const rows: Table = { count, columns: rowsBetween(pets, 0, count).columns }

let model: Model
beforeAll(async () => {
  model = await loadModel(await exportNoisePredictor(trained), { provider: 'simd', threads: 1 })
})
afterAll(() => model.dispose())

const at = (name: string) => namesOf(pets).indexOf(name)
const cellsOf = ({ columns }: Table, name: string) => columnNamed(columns, name).cells
const hasGaps = ({ columns }: Table) => columns.some(({ cells }) => cells.some(Number.isNaN))

/** The rows without some columns, the others from last to first. */
function without(...names: string[]): Table {
  const kept = [...pets.columns.keys()].filter((d) => !names.includes(pets.columns[d]!.name)).reverse()
  return columnsAt(rows, kept)
}

/** The rows with gaps in these columns. */
function gapsIn(...names: string[]): Table {
  const columns = rows.columns.map((column) =>
    names.includes(column.name) ? { ...column, cells: column.cells.map(() => Number.NaN) } : column,
  )
  return { ...rows, columns }
}

describe('rows that lack columns of the model', () => {
  it.each([[['kind']], [['price', 'born', 'tame']]])(
    'without %j are filled as those with gaps there',
    async (names) => {
      for (const options of [{ seed: 3 }, { seed: 3, draws: 3 }, { draws: 3, best: true }]) {
        const full = await impute(model, without(...names), options)
        expect(full).toEqual(await impute(model, gapsIn(...names), options))
        expect(hasGaps(full)).toBe(false)
      }
    },
  )

  it('have the numbers of the rows as a key that they lack, in each of their versions', async () => {
    const numbers = Array.from({ length: count }, (_, i) => i)
    const full = await impute(model, without('id', 'kind'))
    expect([...cellsOf(full, 'id')]).toEqual(numbers)
    const versions = await impute(model, without('id', 'kind'), { draws: 2 })
    expect([...cellsOf(versions, 'id')]).toEqual(numbers.flatMap((i) => [i, i]))
    const best = await impute(model, without('id', 'kind'), { draws: 3, best: true })
    expect([...cellsOf(best, 'id')]).toEqual(numbers)
  })

  it('may be objects of a few values', async () => {
    const full = await impute(model, [{ kind: 'cat' }, { kind: 'eel', legs: 0 }], { seed: 1 })
    expect(namesOf(full)).toEqual(namesOf(pets))
    expect([...cellsOf(full, 'kind')]).toEqual([1, 3])
    expect(cellsOf(full, 'legs')[1]).toBe(0)
  })

  it('are refused if they have other columns, one of which may be misspelt', async () => {
    const strange = { ...rows, columns: rows.columns.map((column) => ({ ...column, name: column.name })) }
    strange.columns[at('kind')] = { ...strange.columns[at('kind')]!, name: 'kinds' }
    await expectRejected(
      () => impute(model, strange),
      /the table has a column kinds, which the model does not have \(did you mean kind\?\): correct its name, or `drop` it/,
    )
    const fewer = columnsAt(strange, [0, 1])
    await expectRejected(
      () => impute(model, fewer),
      /the table has a column kinds, which the model does not have \(did you mean kind\?\)/,
    )
  })
})

describe('names that the model does not know', () => {
  const named = (kind: string, planet: string, price: number | null) => ({
    ...{ kind, planet, price, weight: 4, legs: 4, born: '2012-01-01', tame: true },
  })
  const cellAt = (table: Table, row: number, name: string) => {
    const { categories, cells } = columnNamed(table.columns, name)
    return categories ? categories[cells[row]!] : cells[row]!
  }

  it('stay in their rows, which are filled as if these cells were empty, and are counted in one line', async () => {
    const given = [
      named('cow', 'Mars', null),
      named('cat', 'Earth', null),
      named('yak', 'Earth', 7),
      named('cow', 'Earth', null),
    ]
    const empty = given.map((row) => ({
      ...row,
      // a row without an empty cell is not filled
      kind: row.price === null && row.kind === 'cow' ? null : 'cat',
      planet: row.planet === 'Mars' ? null : row.planet,
    }))
    for (const options of [{ seed: 3 }, { seed: 3, draws: 2 }, { draws: 3, best: true }]) {
      const warnings: string[] = []
      const full = await impute(model, given, { ...options, onWarning: (line) => warnings.push(line) })
      const expected = await impute(model, empty, options)
      const times = full.count / given.length
      expect(warnings).toEqual([
        'the table: 4 cells have names that the model does not know (3 in column kind: cow, yak; 1 in column planet: Mars): ' +
          'they stay unchanged, and count as missing where the rest of their rows is filled',
      ])
      for (let i = 0; i < full.count; i++) {
        const row = given[Math.floor(i / times)]!
        expect(cellAt(full, i, 'kind')).toBe(row.kind)
        expect(cellAt(full, i, 'planet')).toBe(row.planet)
        expect(cellAt(full, i, 'price')).toBe(row.price ?? cellAt(expected, i, 'price'))
      }
      expect(hasGaps(full)).toBe(false)
    }
  })

  it('stay in their rows where the model has merged rare names, and count as these', async () => {
    const merged = { ...pets.columns[at('kind')]!, categories: ['bird', 'cat', 'dog', 'other'] }
    const columns = pets.columns.with(at('kind'), merged)
    const ofMerged = await loadModel(await exportNoisePredictor(untrainedTable({ ...pets, columns })), {
      provider: 'simd',
      threads: 1,
    })
    const warnings: string[] = []
    const onWarning = (line: string) => warnings.push(line)
    const full = await impute(ofMerged, [named('cow', 'Earth', null)], { seed: 3, onWarning })
    expect(cellAt(full, 0, 'kind')).toBe('cow')
    const other = await impute(ofMerged, [named('other', 'Earth', null)], { seed: 3 })
    expect(cellAt(full, 0, 'price')).toBe(cellAt(other, 0, 'price'))
    expect(warnings).toEqual([])
    await ofMerged.dispose()
  })
})
