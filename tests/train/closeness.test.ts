import { describe, expect, it } from 'vitest'
import { memoryStore, type RunStore } from '../../src/model/run-store.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'
import { petTable } from '../helpers/tables.ts'

const rows = petTable(400)
const dataset = Array.from({ length: 400 }, (_, i) => ({
  ...Object.fromEntries(
    rows.columns.slice(0, 7).map(({ name, categories, cells }) => {
      const cell = cells[i]!
      return [name, Number.isNaN(cell) ? null : (categories?.[cell] ?? cell)]
    }),
  ),
  remark: null,
}))

const request = { dataset, recipe: 'table', seed: 1, hidden: [32, 32, 32], candidates: 1 } as const

async function trained(options: Partial<TrainRequest>, store: RunStore = memoryStore()) {
  const warnings: string[] = []
  const onWarning = (line: string) => warnings.push(line)
  return { ...(await train({ ...request, onWarning, ...options }, { engines, store })), warnings }
}

describe('what train says of the samples of a table', () => {
  it('is how close they are to the held-out rows, next to real rows', async () => {
    const { closeness, warnings } = await trained({
      steps: 500,
      holdout: 0.25,
      candidates: 4,
      onNote: () => {},
    })
    expect(closeness).toMatchObject({ against: 'holdout', rows: 100, doubt: null })
    const { shapes, trends, detection, real } = closeness!
    for (const each of [shapes, trends!, real.shapes, real.trends!]) expect(each).toBeGreaterThan(0.7)
    for (const each of [shapes, trends!, real.shapes, real.trends!]) expect(each).toBeLessThanOrEqual(1)
    for (const auc of [detection, real.detection]) expect(Math.abs(auc - 0.55)).toBeLessThan(0.2)
    expect(warnings).toEqual([])
  })

  it('is a warning that names the worst column, the cause and what to do, if they are bad', async () => {
    const { closeness, warnings } = await trained({ steps: 2, onNote: () => {} })
    expect(closeness!.doubt).toMatch(
      /^the samples' \w+ is not distributed as in the rows: train for more `steps`: the recipe takes more for such a table$/,
    )
    expect(warnings).toEqual([closeness!.doubt])
  })

  it('is which columns were left out and why, as warnings if nobody takes the notes', async () => {
    const alone = await trained({ steps: 100 })
    expect(alone.dropped).toMatchObject([{ name: 'remark' }])
    expect(alone.warnings[0]).toMatch(/^remark: left out, /)
    const notes: string[] = []
    const listened = await trained({ steps: 100, onNote: (line) => notes.push(line) })
    expect(notes.filter((line) => line.startsWith('remark: left out'))).toHaveLength(1)
    expect(listened.warnings.filter((line) => line.includes('left out'))).toEqual([])
  })

  it('is kept in config.json, and the same after an interruption', async () => {
    const [whole, parts] = [memoryStore(), memoryStore()]
    await trained({ steps: 40, holdout: 0.25 }, whole)
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('stop'))
    await trained({ steps: 40, holdout: 0.25, signal: stop.signal, onProgress }, parts).catch(() => {})
    const resumed = await train({ out: '', resume: true, onWarning: () => {} }, { engines, store: parts })
    const configOf = async (store: RunStore) =>
      JSON.parse(new TextDecoder().decode(await store.read('config')))
    expect(resumed.closeness).toBeDefined()
    expect((await configOf(parts)).closeness).toEqual(resumed.closeness)
    expect((await configOf(parts)).closeness).toEqual((await configOf(whole)).closeness)
    const { verdicts } = resumed
    expect([verdicts!.rows.auc, verdicts!.rows.real]).toEqual([
      resumed.closeness!.detection,
      resumed.closeness!.real.detection,
    ])
    expect(verdicts!.people.grade).not.toBeNull()
    expect((await configOf(parts)).verdicts).toEqual(verdicts)
    expect((await configOf(whole)).verdicts).toEqual(verdicts)
    // so that a run in memory exports the bytes of its folder
    expect(resumed.config).toEqual(await configOf(parts))
  })
})
