import { parameterCount, weightShapes } from '../../../model/network.ts'
import { createKernels, createMemory, floatsAt, Layout } from '../../../numerics/kernels/memory.ts'
import { adamW, type Batch, stepScalars, type TrainingEngine } from '../../engine.ts'
import { gradientRunner } from './gradient-runner.ts'
import { gradientGraph } from './graphs.ts'
import { Mailbox } from './mailbox.ts'
import { fillRows, roomForRows, rowSizes } from './rows.ts'
import type { HelperThread, OnnxEngineOptions, StepRuntime } from './session.ts'

/** Minimum work of a share, in rows times parameters; below this, another thread costs as much as it gains. */
const minWork = 2.5e6

/** Returns the number of shares, one per thread. Depends only on the options, because it affects the last bits. */
export function sharesOf({ network, threads = 1, batchSize = 0, runtime }: OnnxEngineOptions): number {
  if (!runtime.startHelper) return 1
  const max = Math.floor((batchSize * parameterCount(network)) / minWork)
  return Math.max(1, Math.min(threads, max))
}

/**
 * Rows of a table's batch that this thread computes per row of a helper. It also draws the next batch meanwhile, which
 * takes as long as the rest.
 */
const ownShareWithCondition = 0.72

/**
 * An engine that shares each batch among threads: each computes the gradient of its rows, then this one takes the step
 * with a kernel that reads every number once. So no thread waits for another within a pass, and activations stay with
 * the core that computed them (docs/decisions/0011). Until a helper is ready, this thread computes its share: same bits.
 */
export async function createTeam(
  options: OnnxEngineOptions,
  shares: number,
  startHelper: NonNullable<StepRuntime['startHelper']>,
): Promise<TrainingEngine> {
  const { network, beta2 = adamW.beta2, ema, batchSize = 0, state: initial, runtime } = options
  const parameters = parameterCount(network)
  const bytes = gradientGraph(network)
  const session = await runtime.createSession(bytes, { threads: 1 })

  const layout = new Layout()
  const take = () => layout.take(parameters)
  const at = { parameters: take(), firstMoment: take(), secondMoment: take(), average: 0 }
  if (ema !== null) at.average = take()
  const gradientsAt = Array.from({ length: shares }, take)
  const stride = gradientsAt[1]! - gradientsAt[0]!
  const kernels = createKernels(createMemory(layout.bytes))
  const shared = (address: number) => floatsAt(kernels.memory, address, parameters)
  const state = {
    parameters: shared(at.parameters),
    firstMoment: shared(at.firstMoment),
    secondMoment: shared(at.secondMoment),
    average: ema === null ? undefined : shared(at.average),
  }
  state.parameters.set(initial.parameters)
  state.firstMoment.set(initial.firstMoment)
  state.secondMoment.set(initial.secondMoment)
  state.average?.set(initial.average!)
  const gradients = gradientsAt.map(shared)

  const ofAll = { parameters: state.parameters, shapes: weightShapes(network) }
  const own = network.takesCondition ? ownShareWithCondition : 1
  const ends = Array.from({ length: shares + 1 }, (_, share) =>
    share === 0 ? 0 : Math.round((batchSize * (own + share - 1)) / (own + shares - 1)),
  )
  const helpers = ends.slice(1, -1).map((from, i) => {
    const sizes = { row: rowSizes(network), rows: ends[i + 2]! - from }
    const memory = Mailbox.memoryFor(sizes)
    const start = { bytes, sizes, ...ofAll, gradient: gradients[i + 1]!, memory }
    return { from, mailbox: new Mailbox(start), thread: startHelper(start) }
  })

  const rooms = ends.slice(1).map((end, share) => roomForRows(rowSizes(network), end - ends[share]!))
  const run = gradientRunner(session, ofAll)
  const compute = (batch: Batch, share: number) => {
    fillRows(rooms[share]!, batch, ends[share])
    return run(rooms[share]!, gradients[share]!)
  }

  let step = initial.step
  return {
    name: 'onnx',
    async step(batch, learningRate) {
      if (batch.x_t.count !== batchSize)
        throw new Error(`a batch of ${batch.x_t.count} rows: the engine was made for ${batchSize}`)
      const asked = helpers.map(({ from, mailbox, thread }) => {
        requireThread(thread)
        return mailbox.ask(batch, from)
      })
      let loss = await compute(batch, 0)
      for (const [i, { mailbox, thread }] of helpers.entries())
        loss += asked[i] ? await mailbox.answer(() => requireThread(thread)) : await compute(batch, i + 1)
      const { rate, epsilon, decay, share } = stepScalars(step + 1, learningRate, options)
      const { beta1 } = adamW
      kernels.update(
        parameters,
        at.parameters,
        at.firstMoment,
        at.secondMoment,
        at.average,
        gradientsAt[0]!,
        stride,
        shares,
        0,
        beta1,
        beta2,
        1 - beta1,
        1 - beta2,
        rate,
        epsilon,
        decay,
        share,
      )
      step += 1
      return loss
    },
    state: () => ({
      parameters: state.parameters.slice(),
      firstMoment: state.firstMoment.slice(),
      secondMoment: state.secondMoment.slice(),
      average: state.average?.slice(),
      step,
    }),
    liveTensors: () => (state.average ? 4 : 3),
    async dispose() {
      await Promise.all(helpers.map(({ thread }) => thread.end()))
      await session.release()
    },
  }
}

/** Throws the reason if a thread has ended. */
function requireThread(thread: HelperThread): void {
  const reason = thread.ended()
  if (reason) throw reason
}
