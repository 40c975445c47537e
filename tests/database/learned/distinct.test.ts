import { describe, expect, it } from 'vitest'
import { type DrawnKeys, drawnKeys, withFreeKeys } from '../../../src/database/learned/distinct.ts'

const number = (name: string, cells: number[]) => ({
  name,
  kind: 'integer' as const,
  cells: Float64Array.from(cells),
})

describe('the key of a row', () => {
  const rows = () => [number('year', [1990, 1990, 1990, 1991]), number('stint', [1, 1, 2, 1])]

  /** Whether a row is refused, and takes its key if it is not. */
  const refuses = (keys: DrawnKeys, all: ReturnType<typeof rows>, k: number, group = '', isLast = false) => {
    if (isLast) keys.free(all, k, group)
    if (keys.has(all, k, group)) return true
    keys.keep(all, k, group)
    return false
  }

  it('is refused if another of its group has it, and kept if none has', () => {
    const keys = drawnKeys(['year', 'stint'])!
    expect([0, 1, 2, 3].map((k) => refuses(keys, rows(), k, k < 2 ? 'a' : 'b'))).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  it('takes the next number that is free at the last attempt, if it has one', () => {
    const all = rows()
    const keys = drawnKeys(['year', 'stint'], 'stint')!
    expect([0, 2, 3].map((k) => refuses(keys, all, k, '', true))).toEqual([false, false, false])
    expect(refuses(keys, all, 1)).toBe(true)
    expect(refuses(keys, all, 1, '', true)).toBe(false)
    expect([...all[1]!.cells]).toEqual([1, 3, 2, 1])
    const withoutNumber = drawnKeys(['year'])!
    expect([0, 1].map((k) => refuses(withoutNumber, rows(), k, '', true))).toEqual([false, true])
  })

  it('takes the next names that are free, then the next number, and keeps what is given', () => {
    const name = (name: string, cells: number[]) => ({
      name,
      kind: 'category' as const,
      categories: ['a', 'b'],
      cells: Float64Array.from(cells),
    })
    const named = [name('x', [0, 0, 0, 0, 0]), name('y', [0, 0, 0, 0, 0])]
    const free = withFreeKeys(named, [1, 2, 3, 4], ['x', 'y'], [])
    expect(free.refused).toEqual([4])
    const drawn = Array.from(named[0]!.cells.keys(), (k) => free.rows.map(({ cells }) => cells[k]).join(''))
    expect(drawn.slice(0, 4)).toEqual(['00', '10', '01', '11'])
    const given = [name('x', [0, 0, 0]), number('year', [1990, 1990, 1990])]
    const { rows: counted, refused } = withFreeKeys(given, [1, 2], ['x', 'year'], ['x'])
    expect(refused).toEqual([])
    expect(counted.map(({ cells }) => [...cells])).toEqual([
      [0, 0, 0],
      [1990, 1991, 1992],
    ])
    // the rows that were given stay as they are
    expect([...given[1]!.cells]).toEqual([1990, 1990, 1990])
  })
})
