import { describe, expect, it } from 'vitest'
import { rowsAt } from '../../src/table/table.ts'
import { fewRowsWarning } from '../../src/train/few-rows.ts'
import { petTable } from '../helpers/tables.ts'

const repeated = (distinct: number, times: number) =>
  rowsAt(
    petTable(distinct),
    Int32Array.from({ length: distinct * times }, (_, i) => i % distinct),
  )

describe('the warning before a table is trained on', () => {
  it('is of a table that is mostly the same rows again', () => {
    expect(fewRowsWarning(repeated(50, 20))).toBe(
      'the 1,000 training rows are only 50 different ones, each 20 times on average: samples will repeat them, and so give them away',
    )
    expect(fewRowsWarning(repeated(100, 2))).toMatch(/only 100 different ones, each 2 times/)
  })

  it('is of few rows', () => {
    expect(fewRowsWarning(petTable(12))).toBe(
      '12 training rows are few: samples will be close to them, and may give them away',
    )
    expect(fewRowsWarning(petTable(49))).toMatch(/^49 training rows are few/)
  })

  it('is none of fifty rows, of some that repeat, or of rows that can only be of a few kinds', () => {
    expect(fewRowsWarning(petTable(50))).toBeUndefined()
    const some = Int32Array.from({ length: 150 }, (_, i) => i % 100)
    expect(fewRowsWarning(rowsAt(petTable(100), some))).toBeUndefined()
    const { columns } = petTable(400)
    const kinds = columns.filter(({ categories }) => categories && categories.length < 6).slice(0, 1)
    expect(fewRowsWarning({ name: 'kinds', count: 400, columns: kinds })).toBeUndefined()
  })
})
