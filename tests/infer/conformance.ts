import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { impute } from '../../src/infer/impute.ts'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import { internalsOf, type Model, type SampleResult } from '../../src/infer/model.ts'
import { selfTest } from '../../src/infer/open-model.ts'
import { sample } from '../../src/infer/sample.ts'
import { conditionFeeds, type SessionInfo, sessionPredictor, type Tensor } from '../../src/infer/session.ts'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { exampleCondition } from '../../src/model/inputs.ts'
import { createNodeSession, loadModel, type ProviderName } from '../../src/node/providers.ts'
import {
  type Condition,
  type FloatArray,
  maxAbsDifference,
  type Points,
  sliceRows,
  toFloat32,
  toFloat64,
} from '../../src/numerics/points.ts'
import { standardNormals } from '../../src/numerics/random.ts'
import { readModel } from '../../src/onnx/read.ts'
import { columnNamed } from '../../src/table/columns.ts'
import { decode } from '../../src/table/encodings/decode.ts'
import { isScaled } from '../../src/table/encodings/encoding.ts'
import { pointsOf, rowsBetween } from '../../src/table/table.ts'
import { kinds, type Process, pets } from './kinds.ts'
import { spoiledModel } from './spoiled.ts'

export interface Expected {
  readonly provider: ProviderName
  readonly threads?: number
  /** What the session must say of itself. */
  readonly info: { readonly [K in keyof Omit<SessionInfo, 'provider'>]: unknown }
  /** The largest batch that is tried. */
  readonly largest?: number
  /** Whether every sampler is tried with every parameter. By default it is one process of each sampler. */
  readonly everyProcess?: boolean
  /** How far float32 may be from the golden numbers: one network call, a whole process. TF32 is coarser. */
  readonly tolerances?: { readonly call: number; readonly sample: number }
}

/** A condition with both parts changed; none without one. */
const changed = <A extends FloatArray, B extends FloatArray>(
  condition: Condition<A> | undefined,
  change: (part: Points<A>) => Points<B>,
): Condition<B> | undefined =>
  condition && { known: change(condition.known), values: change(condition.values) }

/** A table's rows have only an end. */
const statesOf = ({ trajectory, x_0 }: SampleResult) => trajectory ?? [x_0]

function worstState(result: SampleResult, expected: readonly ArrayLike<number>[]): number {
  const states = statesOf(result)
  expect(states).toHaveLength(expected.length)
  return Math.max(...states.map((state, k) => maxAbsDifference(state.data, expected[k]!)))
}

/** Feeds of a model's graph in which some cells are given, if it takes any. */
function feedsOf(model: Model, count: number): Record<string, Tensor> {
  const { file } = internalsOf(model)
  const { network } = file.description
  const condition = network.takesCondition && conditionFeeds(exampleCondition(network, count))
  return { ...feedsOfBatch(file, count), ...condition }
}

/** The first process of each sampler. */
function oneOfEachSampler(processes: readonly [Process, ...Process[]]): readonly [Process, ...Process[]] {
  const [first, ...rest] = processes
  const samplerOf = ([, , { sampler }]: Process) => sampler
  const others = rest.filter(
    (each, k) => !processes.slice(0, k + 1).some((before) => samplerOf(before) === samplerOf(each)),
  )
  return [first, ...others]
}

/** What every provider must do; each file that calls it is a process of its own. */
export function conformance(expected: Expected): void {
  const { provider, threads, info, largest = 1000, everyProcess = false, tolerances } = expected
  const { call: callTolerance, sample: sampleTolerance } = tolerances ?? { call: 1e-5, sample: 1e-4 }
  const load = (bytes: Uint8Array) => loadModel(bytes, { provider, threads })

  describe.each(kinds)('a model of %s', (kind, { trained, ...cases }) => {
    const { call, embeddings, shapes, requests } = cases
    const processes = everyProcess ? cases.processes : oneOfEachSampler(cases.processes)
    const { predictionType } = trained.config
    let bytes: Uint8Array
    let graphBytes: Uint8Array
    let model: Model
    let graph: Model
    let right: Model

    beforeAll(async () => {
      bytes = await exportNoisePredictor(trained)
      graphBytes = await exportSampler(trained, { trajectory: true })
      right = await loadModel(bytes, { provider: 'reference' })
      model = await load(bytes)
      graph = await load(graphBytes)
    }, 120_000)
    afterAll(async () => {
      for (const each of [right, model, graph]) await each?.dispose()
    })

    const pathOf = async ([, options, choice, path]: Process) =>
      path
        ? path.map((state) => state.flat())
        : statesOf(await sample(right, { ...options, ...choice })).map(({ data }) => data)

    it('describes itself', async () => {
      for (const each of [model, graph]) {
        expect(each.info).toMatchObject({ provider, ...info })
        expect(Object.keys(each.info).sort()).toEqual(
          ['adapter', 'onnxruntime', 'provider', 'runtime', 'tf32', 'threads'].sort(),
        )
      }
      expect(await sample(model, { count: 1 })).toMatchObject({ provider, ...info })
      expect(model.skipped).toEqual([])
    })

    it("gives PyTorch's outputs, also if each row has a call of its own, all at the same time", async () => {
      const { t, output } = call
      const x_t = toFloat32(call.x_t)
      const condition = changed(call.condition, toFloat32)
      await using each = await load(await exportNoisePredictor(call.trained))
      const predictor = sessionPredictor(internalsOf(each).session, predictionType)
      const { data } = await predictor.predict(x_t, t, condition)
      expect(maxAbsDifference(data, output.data)).toBeLessThanOrEqual(callTolerance)
      const calls = t.map((timestep, i) => {
        const row = (of: Points) => sliceRows(of, i, i + 1)
        return predictor.predict(row(x_t), [timestep], changed(condition, row))
      })
      for (const [i, { data }] of (await Promise.all(calls)).entries())
        expect(maxAbsDifference(data, sliceRows(output, i, i + 1).data)).toBeLessThanOrEqual(callTolerance)
    })

    it.each(processes)('follows the path of %s in both graph forms', async (...process) => {
      const [, options, choice] = process
      const path = await pathOf(process)
      const chosen = { ...options, ...choice }
      expect(worstState(await sample(model, chosen), path)).toBeLessThanOrEqual(sampleTolerance)
      await using each = await load(await exportSampler(trained, { ...choice, trajectory: true }))
      for (const asked of [options, chosen])
        expect(worstState(await sample(each, asked), path)).toBeLessThanOrEqual(sampleTolerance)
    })

    it.each(embeddings)(
      'gives the outputs of the reference at every t: %s, %j',
      async (type, time, trained) => {
        const bytes = await exportNoisePredictor(trained)
        const { network } = readModel(bytes).description
        expect(network.time).toEqual(time)
        const [count, { dim, T }] = [200, network]
        const t = Array.from({ length: count }, (_, i) => 1 + (i % T))
        const data = standardNormals({ seed: 8, stream: 0, step: 0, start: 0, count, dim })
        const x_t = { data, count, dim }
        const condition = network.takesCondition ? exampleCondition(network, count) : undefined
        const expected = await referencePredictor(network, trained.weights).predict(
          toFloat64(x_t),
          t,
          changed(condition, toFloat64),
        )
        await using each = await load(bytes)
        const output = await sessionPredictor(internalsOf(each).session, type).predict(x_t, t, condition)
        expect(maxAbsDifference(output.data, expected.data)).toBeLessThanOrEqual(callTolerance)
      },
    )

    it.each(shapes)('passes the self-test of a model of %s, in both forms', async (_, trained) => {
      for (const each of [await exportNoisePredictor(trained), await exportSampler(trained)]) {
        await using loaded = await load(each)
        expect(await selfTest(readModel(each), internalsOf(loaded).session)).toMatchObject({ pass: true })
      }
    })

    it.each(requests)('draws what the reference draws %s', async (_, request) => {
      const options = { count: 40, seed: 4, ...request }
      const expected = await sample(right, options)
      const { columns } = right.card
      for (const each of [model, graph]) {
        const { x_0, table } = await sample(each, options)
        expect(maxAbsDifference(x_0.data, expected.x_0.data)).toBeLessThanOrEqual(sampleTolerance)
        expect(table.columns.map(({ name }) => name)).toEqual(columns)
        // a borderline category may fall to the other side
        const [cells, others] = [table, expected.table].map((of) => pointsOf(of).data)
        const differing = [...cells!].filter(
          (cell, k) =>
            !(Math.abs(cell - others![k]!) <= 1e-3 * Math.max(1, Math.abs(cell))) &&
            !Object.is(cell, others![k]),
        )
        expect(differing.length / cells!.length).toBeLessThanOrEqual(0.01)
      }
    })

    it(`gives the same samples in batches of 1, 2, 7 and ${largest}, in any order`, async () => {
      const path = await pathOf(processes[0]!)
      for (const each of [model, graph]) {
        const whole = await sample(each, { count: largest, seed: 4, chunkSize: largest })
        for (const count of [7, 1, 2]) {
          const few = await sample(each, { count, seed: 4, chunkSize: count })
          const difference = maxAbsDifference(few.x_0.data, sliceRows(whole.x_0, 0, count).data)
          // a GPU adds a larger batch up in another order
          expect(difference).toBeLessThanOrEqual(sampleTolerance)
        }
        const result = await sample(each, processes[0]![1])
        expect(worstState(result, path)).toBeLessThanOrEqual(sampleTolerance)
      }
    }, 120_000)

    it('gives the same bits twice', async () => {
      for (const each of [model, graph]) {
        const [a, b] = [
          await sample(each, { count: 100, seed: 9 }),
          await sample(each, { count: 100, seed: 9 }),
        ]
        expect(a.table).toEqual(b.table)
      }
    })

    it('takes several calls at the same time', async () => {
      const seeds = [1, 2, 3]
      for (const each of [model, graph]) {
        const together = await Promise.all(seeds.map((seed) => sample(each, { count: 20, seed })))
        for (const [i, seed] of seeds.entries())
          expect(together[i]!.table).toEqual((await sample(each, { count: 20, seed })).table)
      }
    })

    it('gives several outputs by their names, in the order of the request', async () => {
      const { dim, columns } = graph.card
      const { encoding, process } = internalsOf(graph).file.description
      const feeds = feedsOf(graph, 5)
      // a table's cells are decoded by moonstep
      const names = ['trajectory', ...(isScaled(encoding) ? ['samples'] : []), 'x_0']
      const outputs = await internalsOf(graph).session.run(feeds, names)
      expect(Object.keys(outputs)).toEqual(names)
      const { x_0, samples, trajectory } = outputs
      const states = process().timesteps.length + 1
      expect([x_0!.length, samples?.length, trajectory!.length]).toEqual([
        5 * dim,
        isScaled(encoding) ? 5 * columns.length : undefined,
        states * 5 * dim,
      ])
      expect(maxAbsDifference(trajectory!.subarray(0, 5 * dim), feeds.x_T!.data)).toBe(0)
      expect(maxAbsDifference(trajectory!.subarray(-5 * dim), x_0!)).toBe(0)
      const cells = pointsOf(decode(encoding, { data: x_0!, count: 5, dim })).data
      // whole numbers are not rounded in a graph
      for (const [k, cell] of samples?.entries() ?? []) expect(Math.abs(cell - cells[k]!)).toBeLessThan(1e-5)
      await expect(internalsOf(graph).session.run(feeds, ['nothing'])).rejects.toThrow(/^[^\n]+$/)
    })

    it('does not change the feeds', async () => {
      for (const [each, output] of [
        [model, predictionType],
        [graph, 'x_0'],
      ] as const) {
        const feeds = feedsOf(each, 3)
        const before = structuredClone(feeds)
        await internalsOf(each).session.run(feeds, [output])
        expect(feeds).toEqual(before)
      }
    })

    describe('a session', () => {
      it('can be released twice, waits for a running call, and is then refused in one line', async () => {
        const session = await createNodeSession(bytes, { provider, threads })
        const feeds = feedsOf(model, 1)
        const running = session.run(feeds, [predictionType])
        await Promise.all([session.release(), session.release()])
        await session.release()
        expect((await running)[predictionType]).toHaveLength(model.card.dim)
        await expect(session.run(feeds, [predictionType])).rejects.toThrow(
          /^the session was released: load the model again$/,
        )
      })

      it('is refused in one line for bytes that are no model', async () => {
        await expect(createNodeSession(new Uint8Array([1, 2, 3]), { provider })).rejects.toThrow(/^[^\n]+$/)
        await expect(load(bytes.slice(0, -100))).rejects.toThrow(/^[^\n]+$/)
      })

      it('fails in one line without a feed, and can be used again', async () => {
        const { t: _, ...feeds } = feedsOf(model, 1)
        await expect(internalsOf(model).session.run(feeds, [predictionType])).rejects.toThrow(/^[^\n]+$/)
        expect((await sample(model, { count: 2 })).table.count).toBe(2)
      })
    })

    it('refuses a model that fails its self-test, unless the self-test is turned off', async () => {
      const by = Math.max(1e-2, 100 * sampleTolerance)
      for (const spoiled of [spoiledModel(bytes, by), spoiledModel(graphBytes, by)]) {
        await expect(load(spoiled)).rejects.toThrow(new RegExp(`fails its self-test on ${provider}: [^\n]+$`))
        await using unchecked = await loadModel(spoiled, { provider, threads, selfTest: false })
        expect(await selfTest(readModel(spoiled), internalsOf(unchecked).session)).toMatchObject({
          pass: false,
        })
      }
    })

    if (kind === 'points') return

    it('gives rows with given cells to their last digit, and without gaps if they are to be complete', async () => {
      const count = 40
      for (const each of [model, graph]) {
        const cells = { weight: 12.345678901234, kind: 'eel', price: null, born: '2012-02-29' }
        const { table: rows } = await sample(each, { count, given: cells, onWarning: () => {} })
        const expected = {
          weight: 12.345678901234,
          kind: 3,
          born: Date.UTC(2012, 1, 29),
          price: Number.NaN,
        }
        for (const [name, cell] of Object.entries(expected))
          expect([...columnNamed(rows.columns, name).cells]).toEqual(Array(count).fill(cell))
        expect([...columnNamed(rows.columns, 'id').cells]).toEqual([...Array(count).keys()])
        const { table: whole } = await sample(each, { count, complete: true })
        expect(pointsOf(whole).data.some(Number.isNaN)).toBe(false)
      }
    })

    it('fills the gaps of rows, and keeps all other cells', async () => {
      const rows = rowsBetween(pets, 0, 60)
      const given = pointsOf(rows).data
      expect(given.filter(Number.isNaN).length).toBeGreaterThan(20)
      for (const each of [model, graph]) {
        const full = pointsOf(await impute(each, rows, { seed: 2 })).data
        expect(full.some(Number.isNaN)).toBe(false)
        for (const [k, cell] of given.entries()) if (!Number.isNaN(cell)) expect(full[k]).toBe(cell)
      }
    })
  })
}
