import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSamplingClient } from '../../src/browser/client.ts'
import { serveSampling } from '../../src/browser/sampling-worker.ts'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import type { SampledChunk, SampleResult } from '../../src/infer/model.ts'
import { simd } from '../../src/infer/providers/simd.ts'
import { sample, sampleStream } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/providers.ts'
import { pointsFromRows, toFloat32 } from '../../src/numerics/points.ts'
import { pointsOf, tableOf } from '../../src/table/table.ts'
import { referenceModel } from '../helpers/models.ts'
import { petModel } from '../helpers/tables.ts'

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
beforeEach(() => void warn.mockClear())
afterAll(() => warn.mockRestore())

it('points of a table warn once, and are made once, when they are read and not when they are copied', async () => {
  const anew = '../../src/infer/table-points.ts?anew'
  const { withTablePoints }: typeof import('../../src/infer/table-points.ts') = await import(anew)
  const rows = [
    [0.1, 2 ** 24 + 1],
    [Number.NaN, -3],
  ]
  const table = tableOf({ ...pointsFromRows(rows), data: Float64Array.from(rows.flat()) })
  const [samples, other] = [withTablePoints({ table, from: 0 }), withTablePoints({ table })]
  for (const copy of [{ ...samples }, structuredClone(samples)]) expect(copy).toEqual({ table, from: 0 })
  expect(Object.keys(JSON.parse(JSON.stringify(samples)))).toEqual(['table', 'from'])
  expect(warn).not.toHaveBeenCalled()
  expect(samples.points).toEqual(pointsFromRows(rows))
  expect(samples.points).toBe(samples.points)
  expect(other.points).toEqual(samples.points)
  expect(warn.mock.calls).toEqual([
    [
      'points of a table is deprecated and ends with the next version: use table.columns[d].cells, or toRows(table)',
    ],
  ])
})

/** What a client draws whose worker is this thread. */
async function drawnInPage(bytes: Uint8Array, options: { count: number; seed: number }) {
  const { port1, port2 } = new MessageChannel()
  vi.stubGlobal('addEventListener', port2.addEventListener.bind(port2))
  vi.stubGlobal('postMessage', (message: unknown, { transfer }: { transfer: ArrayBuffer[] }) =>
    port2.postMessage(message, transfer),
  )
  // which the worker replaces
  vi.stubGlobal('Worker', undefined)
  serveSampling(() => simd)
  function start() {
    return Object.assign(port1, { terminate: () => port1.close() })
  }
  vi.stubGlobal('Worker', start)
  port1.start()
  port2.start()
  try {
    const client = createSamplingClient()
    await client.load(bytes, { threads: 1 })
    const drawn = await client.sample(options)
    client.dispose()
    return drawn
  } finally {
    vi.unstubAllGlobals()
  }
}

describe.each([
  ['a table', petModel],
  ['points', () => referenceModel],
] as const)('samples of a model of %s', (kind, trained) => {
  const drawn: (SampledChunk | SampleResult)[] = []
  beforeAll(async () => {
    const options = { count: 50, seed: 7 }
    const bytes = await exportNoisePredictor(trained())
    await using model = await loadModel(bytes, { provider: 'simd', threads: 1 })
    for (const chunkSize of [50, 20]) {
      drawn.push(await sample(model, { ...options, chunkSize }))
      for await (const chunk of sampleStream(model, { ...options, chunkSize })) drawn.push(chunk)
    }
    drawn.push(await drawnInPage(bytes, options))
  })

  it('have their cells as points: whole, in chunks and in a page', () => {
    expect(drawn.map(({ points }) => points.count)).toEqual([50, 50, 50, 20, 20, 10, 50])
    for (const { table, points } of drawn) expect(points).toEqual(toFloat32(pointsOf(table)))
  })

  it('copy them only if they are of a model of points, which never warn', () => {
    for (const samples of drawn) expect('points' in { ...samples }).toBe(kind === 'points')
    expect(drawn.map(({ points }) => points.dim)).toHaveLength(7)
    if (kind === 'points') expect(warn).not.toHaveBeenCalled()
    else expect(warn.mock.calls.length).toBeLessThanOrEqual(1)
  })
})
