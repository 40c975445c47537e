import { parameterCount } from '../../../model/network.ts'
import type { Batch, EngineOptions, TrainingEngine } from '../../engine.ts'
import {
  gradientGraph,
  gradientOf,
  nextOf,
  type StateName,
  scalarFeeds,
  stateNames,
  trainingStepGraph,
  updateGraph,
} from './graphs.ts'
import { Mailbox } from './mailbox.ts'
import { fillRows, roomForRows, rowSizes } from './rows.ts'
import type { HelperThread, OnnxEngineOptions, StepRuntime, StepTaker, StepTensor } from './session.ts'

/**
 * Training steps on onnxruntime: one run of one graph each, or, on several threads, of its two halves. Outputs are
 * the next step's inputs. Nothing here is Node's alone.
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<TrainingEngine> {
  const { startHelper } = options.runtime
  const shares = sharesOf(options)
  const isShared = startHelper && shares > 1
  const taker = isShared ? await createTeam(options, shares, startHelper) : await wholeStep(options)
  return engineOf(options, taker)
}

/** An engine whose steps `taker` takes. */
export function engineOf(
  { network, weightDecay, beta2, ema, state: initial }: EngineOptions,
  taker: StepTaker,
): TrainingEngine {
  const dims = [1, parameterCount(network)]
  const kept = stateNames.filter((name) => name !== 'average' || ema !== null)
  const stateOf = (dataOf: (name: StateName) => Float32Array) =>
    new Map(kept.map((name): [StateName, StepTensor] => [name, { data: dataOf(name), dims }]))

  let step = initial.step
  let state = stateOf((name) => initial[name]!.slice())
  /** The state before: room for the one after. */
  let spare = stateOf(() => new Float32Array(parameterCount(network)))

  return {
    name: 'onnx',
    async step(batch, learningRate) {
      const feeds: Record<string, StepTensor> = Object.fromEntries(state)
      for (const [name, value] of Object.entries(
        scalarFeeds(step + 1, learningRate, { weightDecay, beta2, ema }),
      ))
        feeds[name] = { data: Float32Array.of(value), dims: [1, 1] }
      const into = Object.fromEntries([...spare].map(([name, room]) => [nextOf(name), room]))
      const { loss, next } = await taker.take(batch, feeds, into)
      step += 1
      spare = state
      state = stateOf((name) => next[nextOf(name)]!)
      return loss
    },
    state: () => ({
      parameters: state.get('parameters')!.data.slice(),
      firstMoment: state.get('firstMoment')!.data.slice(),
      secondMoment: state.get('secondMoment')!.data.slice(),
      average: state.get('average')?.data.slice(),
      step,
    }),
    liveTensors: () => kept.length,
    dispose: () => taker.release(),
  }
}

/** A step as one run of one graph. */
async function wholeStep({ network, beta2, ema, threads, runtime }: OnnxEngineOptions): Promise<StepTaker> {
  const session = await runtime.createSession(trainingStepGraph(network, ema !== null, beta2), {
    threads: runtime.startHelper ? 1 : threads,
  })
  const sizes = rowSizes(network)
  let room = roomForRows(sizes, 0)
  return {
    async take(batch, state, into) {
      const { count } = batch.x_t
      if (room.t.data.length !== count) room = roomForRows(sizes, count)
      fillRows(room, batch)
      const outputs = ['loss', ...Object.keys(into)]
      const next = await session.run({ ...room, ...state }, outputs, into)
      return { loss: next.loss![0]!, next }
    },
    release: () => session.release(),
  }
}

/** Rows times parameters of a share below which a thread more costs as much as it gains. */
const minWork = 2.5e6

/** From so many parameters on, the optimizer's passes are worth several threads too. */
const manyParameters = 2 ** 18

/** Into how many shares batches go, a thread each: a function of the options alone, for the last bits depend on it. */
export function sharesOf({ network, threads = 1, batchSize = 0, runtime }: OnnxEngineOptions): number {
  if (!runtime.startHelper) return 1
  const max = Math.floor((batchSize * parameterCount(network)) / minWork)
  return Math.max(1, Math.min(threads, max))
}

/**
 * How many rows of a table's batch this thread takes for one of a helper's: meanwhile it draws the next batch, which takes
 * as long as the rest.
 */
const ownShareOfTable = 0.64

/**
 * A step whose batch is shared among threads: each computes the gradient of its rows, this one then takes the step.
 * So no thread waits for another within a pass, and activations stay with the core that made them
 * (docs/decisions/0011). This thread computes what a helper that isn't there yet would: the bits are the same.
 */
export async function createTeam(
  { network, beta2, ema, batchSize = 0, runtime: { createSession } }: OnnxEngineOptions,
  shares: number,
  startHelper: NonNullable<StepRuntime['startHelper']>,
): Promise<StepTaker> {
  const bytes = gradientGraph(network)
  const parameters = parameterCount(network)
  const own = network.table ? ownShareOfTable : 1
  const ends = Array.from({ length: shares + 1 }, (_, share) =>
    share === 0 ? 0 : Math.round((batchSize * (own + share - 1)) / (own + shares - 1)),
  )
  const gradients = await createSession(bytes, { threads: 1 })
  const updates = await createSession(updateGraph(network, ema !== null, shares, beta2), {
    threads: parameters < manyParameters ? 1 : shares,
  })
  const shared = new SharedArrayBuffer(4 * parameters)
  const atHelpers = new Float32Array(shared)
  const helpers = ends.slice(1, -1).map((from, i) => {
    const sizes = { parameters, row: rowSizes(network), rows: ends[i + 2]! - from }
    const start = { bytes, sizes, parameters: shared, memory: Mailbox.memoryFor(sizes) }
    return { from, mailbox: new Mailbox(start), thread: startHelper(start) }
  })
  const dims = [1, parameters]
  const room = ends.slice(1).map((end, share) => ({
    rows: roomForRows(rowSizes(network), end - ends[share]!),
    into: { gradient: { data: new Float32Array(parameters), dims } },
  }))
  const compute = async (batch: Batch, share: number, at: StepTensor) => {
    const { rows, into } = room[share]!
    fillRows(rows, batch, ends[share])
    const feeds = { ...rows, parameters: at }
    const { loss, gradient } = await gradients.run(feeds, ['loss', 'gradient'], into)
    return { loss: loss![0]!, gradient: gradient! }
  }

  return {
    async take(batch, state, into) {
      if (batch.x_t.count !== batchSize)
        throw new Error(`a batch of ${batch.x_t.count} rows: the engine was made for ${batchSize}`)
      const at = state.parameters!
      atHelpers.set(at.data)
      const asked = helpers.map(({ from, mailbox, thread }) => {
        requireThread(thread)
        return mailbox.ask(batch, from)
      })
      const results = [await compute(batch, 0, at)]
      for (const [i, { mailbox, thread }] of helpers.entries()) {
        const gradient = room[i + 1]!.into.gradient.data
        results.push(
          asked[i]
            ? { loss: await mailbox.answer(gradient, () => requireThread(thread)), gradient }
            : await compute(batch, i + 1, at),
        )
      }
      const feeds: Record<string, StepTensor> = { ...state }
      for (const [share, { gradient }] of results.entries())
        feeds[gradientOf(share)] = { data: gradient, dims }
      const next = await updates.run(feeds, Object.keys(into), into)
      return { loss: results.reduce((sum, { loss }) => sum + loss, 0), next }
    },
    async release() {
      await Promise.all(helpers.map(({ thread }) => thread.end()))
      await Promise.all([gradients.release(), updates.release()])
    },
  }
}

/** Throws why a thread ended, if it has. */
function requireThread(thread: HelperThread): void {
  const reason = thread.ended()
  if (reason) throw reason
}
