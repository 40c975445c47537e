import { describe, expect, it } from 'vitest'
import { repeatsIn } from '../../../src/database/learned/distinct.ts'

const number = (name: string, cells: number[]) => ({
  column: { name, kind: 'integer' } as const,
  cells: Float64Array.from(cells),
})

describe('the key of a row', () => {
  const rows = () => [number('year', [1990, 1990, 1990, 1991]), number('stint', [1, 1, 2, 1])]

  it('is refused if another of its family has it, and kept if none has', () => {
    const isTaken = repeatsIn(['year', 'stint'], new Map(), (i) => (i < 2 ? 'a' : 'b'))!
    expect([0, 1, 2, 3].map((k) => isTaken(rows(), k, k, false))).toEqual([false, true, false, false])
  })

  it('takes the next number that is free at the last attempt, if it has one', () => {
    const all = rows()
    const isTaken = repeatsIn(['year', 'stint'], new Map(), () => '', 'stint')!
    expect([0, 2, 3].map((k) => isTaken(all, k, k, true))).toEqual([false, false, false])
    expect(isTaken(all, 1, 1, false)).toBe(true)
    expect(isTaken(all, 1, 1, true)).toBe(false)
    expect([...all[1]!.cells]).toEqual([1, 3, 2, 1])
    const withoutNumber = repeatsIn(['year'], new Map(), () => '')!
    expect([0, 1].map((k) => withoutNumber(rows(), k, k, true))).toEqual([false, true])
  })
})
