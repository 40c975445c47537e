import { describe, expect, it } from 'vitest'
import type { WorkProgress } from '../../src/core/work.ts'
import { shuffled } from '../../src/numerics/random.ts'
import type { Quality } from '../../src/report/quality.ts'
import { report } from '../../src/report/report.ts'
import { type NamedTable, rowsAt, rowsBetween } from '../../src/table/table.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { petTable } from '../helpers/tables.ts'
import { qualityOf } from './measured.ts'
import { noisyRanks, partsOf } from './samples.ts'

const [train, against, others] = partsOf(petTable(300), [100, 100, 100]) as [
  NamedTable,
  NamedTable,
  NamedTable,
]
const samples = noisyRanks(others, 0.2)
const request = { samples, against, train, target: 'tame' }

/** Columns in another order. */
function turned(table: NamedTable): NamedTable {
  return { ...table, columns: table.columns.toReversed() }
}

/** Other names, in another order, for each category. */
function renamed(table: NamedTable): NamedTable {
  const columns = table.columns.map((column) => {
    if (column.kind !== 'category') return column
    const names = column.categories!
    const cells = column.cells.map((cell) => names.length - 1 - cell)
    return { ...column, categories: names.map((name) => `${name}!`).reverse(), cells }
  })
  return { ...table, columns }
}

const json = (quality: Quality) => JSON.stringify(quality)

/** The numbers of a report by their places in it, where names stand for places in a list. */
function numbersOf(value: unknown, place = ''): Map<string, number> {
  const numbers = new Map<string, number>()
  const walk = (node: unknown, at: string) => {
    if (typeof node === 'number') numbers.set(at, node)
    else if (Array.isArray(node))
      for (const [i, item] of node.entries()) {
        const { name, columns } = (item ?? {}) as { name?: string; columns?: string[] }
        walk(item, `${at}/${name ?? columns?.toSorted().join('+') ?? i}`)
      }
    else if (node !== null && typeof node === 'object')
      for (const [key, item] of Object.entries(node)) walk(item, `${at}/${key}`)
  }
  walk(value, place)
  return numbers
}

describe('a report on quality', async () => {
  const quality = await qualityOf(request)

  it('is plain JSON that keeps all numbers, with shares and areas from 0 to 1', () => {
    expect(JSON.parse(json(quality))).toEqual(quality)
    for (const [place, number] of numbersOf(quality)) {
      expect(Number.isFinite(number), place).toBe(true)
      if (!/range|value|rows|repeats/.test(place)) expect(number >= 0 && number <= 1, place).toBe(true)
    }
    expect(quality.columns.map(({ name }) => name)).toEqual([
      'kind',
      'weight',
      'legs',
      'born',
      'tame',
      'planet',
      'price',
    ])
    expect(quality.pairs).toHaveLength(21)
  })

  it('is the same to the byte with the same seed and rows in any order, and differs with another seed', async () => {
    const mixed = (table: NamedTable, step: number) => rowsAt(table, shuffled(table.count, 3, step))
    const tables = { samples: mixed(samples, 1), against: mixed(against, 2), train: mixed(train, 3) }
    expect(json(await qualityOf({ ...request, ...tables, seed: 0 }))).toBe(json(quality))
    expect(json(await qualityOf({ ...request, seed: 1 }))).not.toBe(json(quality))
  })

  it('has the same numbers for any order of columns and any names of categories', async () => {
    const other = (table: NamedTable) => turned(renamed(table))
    const tables = { samples: renamed(samples), against: other(against), train: other(train) }
    const numbers = numbersOf(await qualityOf({ ...request, ...tables }))
    expect(numbers.size).toBe(numbersOf(quality).size)
    for (const [place, number] of numbersOf(quality))
      expect(numbers.get(place), place).toBeCloseTo(number, 12)
  })

  it('rounds all tables to float32 if the samples are float32', async () => {
    const single: NamedTable = {
      ...samples,
      columns: against.columns.map((column) => ({
        ...column,
        cells: column.cells.map(Math.fround),
        isFloat32: true,
      })),
    }
    const { detection, shapes } = await qualityOf({ ...request, samples: single, target: undefined })
    expect([detection.auc, shapes]).toEqual([0.5, 1])
  })

  it('reports its progress, and stops when it is aborted', async () => {
    const seen: WorkProgress[] = []
    const stop = new AbortController()
    const reason = new Error('enough')
    const onProgress = (progress: WorkProgress) => {
      seen.push(progress)
      if (progress.unit === 'folds' && progress.done === 2) stop.abort(reason)
    }
    await expect(qualityOf({ ...request, signal: stop.signal, onProgress })).rejects.toBe(reason)
    expect(seen.map(({ unit }) => unit)).toEqual([...new Array(4).fill('comparisons'), 'folds', 'folds'])
    for (const { done, count } of seen) expect(done).toBeLessThanOrEqual(count)
    await expect(qualityOf({ ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('a report on quality refuses', () => {
  const few = rowsBetween(against, 0, 19)
  const unknownGiven = { column: 'kind', value: 'dgo' }
  it.each([
    [{ target: 'tmae' }, /^unknown target tmae \(did you mean tame\?\): choose from kind/],
    [{ target: 'planet' }, /^the target planet is the same in all rows of pets: give a column/],
    [{ target: 'id' }, /^unknown target id: choose from kind/],
    [{ samples: { ...few, name: 'few' } }, /^few has 19 rows: a report needs 20 or more/],
    [{ given: unknownGiven }, /^column kind is 'dgo' \(did you mean dog\?\): choose from bird, cat, dog/],
    [{ given: { column: 'knid', value: 'dog' } }, /^unknown column knid \(did you mean kind\?\)/],
    [{ given: { column: 'born', value: '1999-01-01' } }, /^pets has 0 rows whose born is 1999-01-01/],
    [{ seed: -1 }, /^seed is -1/],
    [
      { samples: { ...samples, columns: samples.columns.map((c, d) => (d ? c : { ...c, name: 'sort' })) } },
      /sort/,
    ],
  ])('%j', async (change, message) => {
    await expectRejected(() => report({ ...request, ...change } as typeof request), message)
  })
})
