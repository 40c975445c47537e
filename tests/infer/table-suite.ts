import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { impute } from '../../src/infer/impute.ts'
import type { Model } from '../../src/infer/model.ts'
import { sample } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/load-model.ts'
import { maxAbsDifference, sliceRows } from '../../src/numerics/points.ts'
import { petModel } from '../helpers/tables.ts'

const count = 40
const { table, ...trained } = petModel()
const names = table.columns.map(({ name }) => name)
const at = (name: string) => names.indexOf(name)

/** A model of a table on a provider: both files beside the reference, with what is known and without. */
export function tableSuite(load: (bytes: Uint8Array) => Promise<Model>, tolerance = 1e-4): void {
  describe('a table', () => {
    let models: [string, Model][] = []
    let right: Model
    beforeAll(async () => {
      const bytes = await exportNoisePredictor(trained)
      right = await loadModel(bytes, { provider: 'reference' })
      models = [
        ['model.onnx', await load(bytes)],
        ['sampler.onnx', await load(await exportSampler(trained))],
      ]
    }, 60_000)
    afterAll(async () => {
      await right.dispose()
      for (const [, model] of models) await model.dispose()
    })

    it.each([
      ['nothing known', {}],
      ['a category known', { given: { kind: 'cat' } }],
      ['several cells known, one of them missing', { given: { tame: true, weight: 12.5, price: null } }],
      ['no cell missing', { complete: true, given: { legs: 4 } }],
    ])('gives the reference, %s', async (_, known) => {
      const expected = await sample(right, { count, seed: 4, ...known })
      for (const [name, model] of models) {
        const { x_0, table: own, points } = await sample(model, { count, seed: 4, ...known })
        expect(maxAbsDifference(x_0.data, expected.x_0.data), name).toBeLessThanOrEqual(tolerance)
        expect([points.dim, own.columns.map(({ name }) => name)]).toEqual([8, names])
        // a borderline category may fall to the other side
        const differing = own.points.data.filter(
          (cell, k) =>
            !(Math.abs(cell - expected.table.points.data[k]!) <= 1e-3 * Math.max(1, Math.abs(cell))) &&
            !Object.is(cell, expected.table.points.data[k]),
        )
        expect(differing.length / own.points.data.length).toBeLessThanOrEqual(0.01)
      }
    })

    it('has what is given to the last digit, and no other gaps than may be', async () => {
      for (const [, model] of models) {
        const given = { weight: 12.345678901234, kind: 'eel', price: null, born: '2012-02-29' }
        const { table: rows } = await sample(model, { count, given, onWarning: () => {} })
        for (let i = 0; i < count; i++) {
          const row = sliceRows(rows.points, i, i + 1).data
          expect([row[at('weight')], row[at('kind')], row[at('born')], row[at('id')]]).toEqual([
            12.345678901234,
            3,
            Date.UTC(2012, 1, 29),
            i,
          ])
          expect(row[at('price')]).toBeNaN()
        }
        const { table: whole } = await sample(model, { count, complete: true })
        expect(whole.points.data.some(Number.isNaN)).toBe(false)
      }
    })

    it('fills gaps and leaves the rest as it was', async () => {
      const rows = { ...table, points: sliceRows(table.points, 0, 60) }
      const isGap = [...rows.points.data].map(Number.isNaN)
      expect(isGap.filter(Boolean).length).toBeGreaterThan(20)
      for (const [, model] of models) {
        const full = await impute(model, rows, { seed: 2 })
        expect(full.points.data.some(Number.isNaN)).toBe(false)
        for (const [k, gap] of isGap.entries())
          if (!gap) expect(full.points.data[k]).toBe(rows.points.data[k])
      }
    })
  })
}
