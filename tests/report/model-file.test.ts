import { describe, expect, it } from 'vitest'
import { heldValues } from '../../src/report/report.ts'
import type { Encoding } from '../../src/table/encodings/encoding.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { petTable } from '../helpers/tables.ts'

describe('the values in a model file', () => {
  it('are listed column by column', () => {
    const table = petTable(400)
    const encoding = fitTable(table)
    const held = heldValues(encoding)
    expect(held.map(({ column }) => column)).toEqual(table.columns.map(({ name }) => name))
    for (const [d, { column, values, hasExtremes, sentence }] of held.entries()) {
      expect(sentence).toContain(column)
      const different = new Set(table.columns[d]!.cells.filter((cell) => !Number.isNaN(cell)))
      // twelve knots between the outermost values and their neighbours are no row's
      expect(values).toBeLessThanOrEqual(different.size + 12)
      const relations = encoding.relations?.filter((relation) => relation.column === column)
      const text = JSON.stringify([encoding.columns[d], relations])
      if (hasExtremes)
        for (const extreme of [Math.min(...different), Math.max(...different)])
          expect(text).toContain(String(extreme))
    }
    const [kind, weight, legs, , , planet, , id] = held
    expect(kind).toMatchObject({ values: 4, sentence: 'The model file holds all 4 names of kind.' })
    expect(weight!.values).toBeGreaterThan(50)
    expect(legs).toMatchObject({ values: 3, hasExtremes: true })
    expect(planet).toMatchObject({ values: 1 })
    expect(id).toEqual({
      column: 'id',
      values: 0,
      hasExtremes: false,
      sentence: 'The model file holds no value of id.',
    })
  })

  it('are the two ends of the range of a scaled column', () => {
    const encoding: Encoding = { columns: [{ name: 'x', kind: 'number', as: 'linear', min: 1, max: 2 }] }
    expect(heldValues(encoding)[0]).toMatchObject({ values: 2, hasExtremes: true })
  })
})
