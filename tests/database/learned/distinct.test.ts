import { describe, expect, it } from 'vitest'
import { repeatsIn, withFreeKeys } from '../../../src/database/learned/distinct.ts'

const number = (name: string, cells: number[]) => ({
  name,
  kind: 'integer' as const,
  cells: Float64Array.from(cells),
})

describe('the key of a row', () => {
  const rows = () => [number('year', [1990, 1990, 1990, 1991]), number('stint', [1, 1, 2, 1])]

  it('is refused if another of its family has it, and kept if none has', () => {
    const isTaken = repeatsIn(['year', 'stint'])!
    expect([0, 1, 2, 3].map((k) => isTaken(rows(), k, k < 2 ? 'a' : 'b', false))).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  it('takes the next number that is free at the last attempt, if it has one', () => {
    const all = rows()
    const isTaken = repeatsIn(['year', 'stint'], 'stint')!
    expect([0, 2, 3].map((k) => isTaken(all, k, '', true))).toEqual([false, false, false])
    expect(isTaken(all, 1, '', false)).toBe(true)
    expect(isTaken(all, 1, '', true)).toBe(false)
    expect([...all[1]!.cells]).toEqual([1, 3, 2, 1])
    const withoutNumber = repeatsIn(['year'])!
    expect([0, 1].map((k) => withoutNumber(rows(), k, '', true))).toEqual([false, true])
  })

  it('takes the next names that are free, then the next number, and keeps what is given', () => {
    const name = (name: string, cells: number[]) => ({
      name,
      kind: 'category' as const,
      categories: ['a', 'b'],
      cells: Float64Array.from(cells),
    })
    const named = [name('x', [0, 0, 0, 0, 0]), name('y', [0, 0, 0, 0, 0])]
    expect(withFreeKeys(named, [1, 2, 3, 4], ['x', 'y'], [])).toEqual([4])
    const drawn = Array.from(named[0]!.cells.keys(), (k) => named.map(({ cells }) => cells[k]).join(''))
    expect(drawn.slice(0, 4)).toEqual(['00', '10', '01', '11'])
    const given = [name('x', [0, 0, 0]), number('year', [1990, 1990, 1990])]
    expect(withFreeKeys(given, [1, 2], ['x', 'year'], ['x'])).toEqual([])
    expect(given.map(({ cells }) => [...cells])).toEqual([
      [0, 0, 0],
      [1990, 1991, 1992],
    ])
  })
})
