import { describe, expect, it } from 'vitest'
import { beyond, mixedEncoder, neighboursOf } from '../../src/measure/privacy/neighbours.ts'
import type { Rows } from '../../src/measure/privacy/sets.ts'
import { type Table, tableOfPoints } from '../../src/table/table.ts'
import { petTable } from '../helpers/tables.ts'
import { realAndSamples } from '../report/measured.ts'
import { changed } from '../report/planted.ts'

const pets = realAndSamples({ train: petTable(90, 1), against: petTable(70, 2), samples: petTable(60, 3) })
const { columns, train, against, samples } = pets

/** The same distance from its definition, in floats: the share of the real rows between two numbers, 0 or 1 of names. */
function gower(a: Rows, i: number, b: Rows, j: number): number {
  let sum = 0
  for (const [d, { isCategory }] of columns.entries()) {
    const [x, y] = [a.columns[d]![i]!, b.columns[d]![j]!]
    if (Number.isNaN(x) || Number.isNaN(y)) sum += Number.isNaN(x) && Number.isNaN(y) ? 0 : 1
    else if (isCategory) sum += x === y ? 0 : 1
    else {
      const real = [...train.columns[d]!, ...against.columns[d]!].filter((cell) => !Number.isNaN(cell))
      const rank = (value: number) =>
        (real.filter((cell) => cell < value).length + real.filter((cell) => cell <= value).length) / 2
      sum += Math.abs(rank(x) - rank(y)) / real.length
    }
  }
  return sum
}

const encoded = mixedEncoder(columns, [train, against])

describe('the neighbours of a row', () => {
  it('are the nearest by ranks and names, with equal weight for each column, in both directions', async () => {
    const k = 4
    const { unit } = encoded(train)
    const { nearest, reverse } = await neighboursOf(encoded(against), encoded(samples), k)
    let worst = 0
    for (let i = 0; i < against.count; i++) {
      const all = Array.from({ length: samples.count }, (_, j) => gower(against, i, samples, j))
      all.sort((a, b) => a - b)
      for (let n = 0; n < k; n++) worst = Math.max(worst, Math.abs(nearest[i * k + n]! / unit - all[n]!))
    }
    for (let j = 0; j < samples.count; j++) {
      const all = Array.from({ length: against.count }, (_, i) => gower(against, i, samples, j))
      worst = Math.max(worst, Math.abs(reverse[j]! / unit - Math.min(...all)))
    }
    // ranks among the rows without gaps are rounded to the unit's parts: half of one in each of two numbers
    expect(worst).toBeLessThanOrEqual(columns.length / unit)
  })

  it('do not include the row itself, but include its copies', async () => {
    const twice = {
      columns: train.columns.map((column) => Float64Array.from([...column, column[0]!])),
      count: 91,
    }
    const rows = encoded(twice)
    const { nearest } = await neighboursOf(rows, rows, 1)
    expect([nearest[0], nearest[90]]).toEqual([0, 0])
    const own = encoded(train)
    expect((await neighboursOf(own, own, 1)).nearest.every((distance) => distance > 0)).toBe(true)
  })

  it('are fewer if there are fewer rows', async () => {
    const few = { columns: train.columns.map((column) => column.slice(0, 2)), count: 2 }
    const rows = encoded(few)
    const { nearest } = await neighboursOf(rows, rows, 3)
    expect([...nearest.subarray(1, 3)]).toEqual([beyond, beyond])
  })
})

describe('the sets of a report', () => {
  it('have the same order whatever the order of rows, columns and names', () => {
    const shuffled = realAndSamples({
      train: changed(petTable(90, 1)),
      against: changed(petTable(70, 2)),
      samples: changed(petTable(60, 3)),
    })
    expect(shuffled.columns).toEqual(columns)
    // names have other indices
    for (const set of ['train', 'against', 'samples'] as const)
      for (const [d, { isCategory }] of columns.entries())
        if (!isCategory) expect([...shuffled[set].columns[d]!]).toEqual([...pets[set].columns[d]!])
  })

  it('leave out keys and rows without a cell', () => {
    expect(columns.map(({ name }) => name)).not.toContain('id')
    const empty = petTable(20)
    for (const { cells } of empty.columns) cells.fill(Number.NaN, 0, 5)
    expect(realAndSamples({ train: empty, against: empty, samples: empty }).samples.count).toBe(15)
  })

  it('are rounded to float32 if one of them is float32', () => {
    const numbers = (data: Float32Array | Float64Array): Table =>
      tableOfPoints([{ name: 'x', kind: 'number' }], { data, count: data.length, dim: 1 })
    const real = numbers(Float64Array.from([0.1, 0.2]))
    const sets = realAndSamples({ train: real, against: real, samples: numbers(Float32Array.from([0.1])) })
    expect([...sets.train.columns[0]!]).toContain(sets.samples.columns[0]![0])
  })
})
