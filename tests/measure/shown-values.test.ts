import { describe, expect, it } from 'vitest'
import { compareTables } from '../../src/measure/closeness.ts'
import { columnsOf } from '../../src/measure/quality.ts'
import { shownEnds, shownNumber } from '../../src/measure/shown-values.ts'
import { shownTables } from '../../src/report/page/shown-tables.ts'
import type { Column, NamedTable } from '../../src/table/table.ts'

const number: Column = { name: 'x', kind: 'number' }
const whole: Column = { name: 'x', kind: 'integer' }
const date: Column = { name: 'x', kind: 'date', form: 'YYYY-MM-DD' }
const day = 86_400_000

describe('a number that a report shows', () => {
  const rising = Float64Array.of(1, 2, 4, 5, 5, 5, 9)

  it('is itself if three rows have it, or none', () => {
    expect(shownNumber(number, rising, 5)).toBe(5)
    expect(shownNumber(number, rising, 7)).toBe(7)
  })

  it('is otherwise the mean of three up to it, or at the beginning the first three', () => {
    expect(shownNumber(number, rising, 4)).toBeCloseTo(7 / 3, 12)
    expect(shownNumber(number, rising, 9)).toBeCloseTo(19 / 3, 12)
    expect(shownNumber(number, rising, 1)).toBeCloseTo(7 / 3, 12)
    expect(shownNumber(number, Float64Array.of(1, 2), 1)).toBeUndefined()
  })

  it('is the mean of more where that of three is what one row has, as of whole numbers and days', () => {
    expect(shownNumber(whole, Float64Array.of(10, 20, 30, 50), 30)).toBe(28)
    expect(shownEnds(whole, Float64Array.of(10, 20, 30, 50))).toEqual([28, 33])
    const days = Float64Array.of(10, 20, 30, 50).map((each) => each * day)
    expect(shownEnds(date, days)).toEqual([28 * day, 33 * day])
  })
})

const tableOf = (column: Column, cells: readonly number[]): NamedTable => ({
  name: 'rows',
  count: cells.length,
  columns: [{ ...column, cells: Float64Array.from(cells) }],
})
const times = (cell: number, count: number) => new Array<number>(count).fill(cell)
const names: Column = { name: 'x', kind: 'category', categories: ['Ayr', 'Bath', 'Cork', 'Deal'] }

describe('where samples differ most', () => {
  const measured = async (column: Column, real: readonly number[], samples: readonly number[]) => {
    const [against, train] = [tableOf(column, real), tableOf(column, [])]
    const { columns } = await columnsOf({ samples: tableOf(column, samples), against, train, seed: 0 }, {})
    return columns[0]!
  }

  it('is no name that one or two real rows have', async () => {
    const real = [...times(0, 15), ...times(1, 14), 2]
    const { furthest } = await measured(names, real, [...times(0, 14), ...times(1, 10), ...times(2, 6)])
    expect(furthest).toMatchObject({ is: 'equal', value: 'Bath' })
  })

  it('is up to a number that no row has, and the range is of means', async () => {
    const real = Array.from({ length: 30 }, (_, i) => (i + 1) ** 2 + 0.25)
    const { furthest, range } = await measured(
      number,
      real,
      real.map((each) => each + 300),
    )
    expect(furthest!.is).toBe('at most')
    expect(real).not.toContain(furthest!.value)
    expect(Number(range!.real![0])).toBeCloseTo((1 + 4 + 9) / 3 + 0.25, 9)
    expect(Number(range!.real![1])).toBeCloseTo((784 + 841 + 900) / 3 + 0.25, 9)
  })

  it('is no combination that one or two real rows have', () => {
    const pairOf = (cells: readonly (readonly [number, number])[]): NamedTable => ({
      name: 'rows',
      count: cells.length,
      columns: [0, 1].map((d) => ({
        ...names,
        name: `${d}`,
        cells: Float64Array.from(cells, (each) => each[d]!),
      })),
    })
    const fill = ([a, b]: readonly [number, number], count: number) =>
      times(0, count).map(() => [a, b] as const)
    const real = pairOf([...fill([0, 0], 15), ...fill([1, 1], 14), [2, 3]])
    const samples = pairOf([...fill([0, 0], 14), ...fill([1, 1], 10), ...fill([2, 3], 6)])
    const { meeting, distance } = compareTables(real, samples).pairs[0]!
    expect(meeting!.of).toEqual([{ category: 1 }, { category: 1 }])
    expect(distance).toBeCloseTo(5 / 30, 12)
  })
})

describe('the rows as figures draw them', () => {
  const shown = (column: Column, real: readonly number[], samples: readonly number[]) => {
    const tables = {
      against: tableOf(column, real),
      samples: tableOf(column, samples),
      train: tableOf(column, []),
    }
    const { against, samples: drawn } = shownTables(tables)
    return [against, drawn].map(({ columns }) => columns[0]!)
  }

  it('have one slot for names that one or two real rows have', () => {
    const [against, drawn] = shown(names, [0, 0, 0, 1, 2, Number.NaN], [0, 1, 3])
    expect(against!.categories!.at(-1)).toBe('names of few rows')
    expect([...against!.cells]).toEqual([0, 0, 0, 4, 4, Number.NaN])
    expect([...drawn!.cells]).toEqual([0, 4, 3])
  })

  it('have such whole numbers at the nearest that three have', () => {
    const [against, drawn] = shown(whole, [1, 1, 1, 2, 2, 2, 90], [1, 2, 90])
    expect([...against!.cells]).toEqual([1, 1, 1, 2, 2, 2, 2])
    expect([...drawn!.cells]).toEqual([1, 2, 2])
  })
})
