import { expect, it } from 'vitest'
import { readRun } from '../../src/browser/load-model.ts'
import { memoryStore } from '../../src/model/run-store.ts'
import type { Table } from '../../src/table/table.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'

it('a run is read back, its held-out rows too if the model does not know a name in them', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ size: i % 7, city: i < 50 ? 'Bern' : `town ${i}` }))
  const store = memoryStore()
  const small = { recipe: 'table', steps: 10, hidden: [8], onNote() {}, onWarning() {} } as const
  await train({ dataset: rows, holdout: 0.2, ...small }, { engines, store })
  const run = await readRun(store)
  const namesIn = ({ columns }: Table, from: number, to: number) =>
    Array.from(columns[1]!.cells.subarray(from, to), (cell) => columns[1]!.categories![cell])
  const known = run.encoding.columns[1]!.categories!
  const heldOut = namesIn({ ...run.rows, ...run.holdout! }, 0, 12)
  const other = heldOut.filter((name) => !known.includes(name!))
  expect(other.length).toBeGreaterThan(0)
  // the rows that were trained on come first: names that only one or two of them have are not learned
  const trained = namesIn({ ...run.rows, ...run.train! }, 0, 48)
  expect(trained.filter((name) => !known.includes(name!)).length).toBeGreaterThan(0)
  expect(namesIn(run.rows, 0, 48)).toEqual(trained.map((name) => (known.includes(name!) ? name : 'other')))
  expect(namesIn(run.rows, 48, 60)).toEqual(heldOut.map((name) => (known.includes(name!) ? name : 'other')))
})
