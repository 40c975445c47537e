import { parameterCount } from '../../../model/network.ts'
import { createKernels } from '../../../numerics/kernels/memory.ts'
import { WorkerPool } from '../../../numerics/worker-pool.ts'
import { adamW, requireRows, stateNames, stepScalars, type TrainingEngine } from '../../engine.ts'
import { gradientGraph } from './gradient.ts'
import type { OnnxEngineOptions } from './session.ts'
import { gradientWork, shareStep } from './shares.ts'

/** Minimum work of a share, in rows times parameters; below this, another thread costs as much as it gains. */
const minWork = 2.5e6

/** Returns the number of shares, one per thread. Depends only on the options, because it affects the last bits. */
export function sharesOf({ network, threads = 1, batchSize, runtime }: OnnxEngineOptions): number {
  if (!runtime.startHelper) return 1
  const max = Math.floor((batchSize * parameterCount(network)) / minWork)
  return Math.max(1, Math.min(threads, max))
}

/**
 * Rows of a table's batch that this thread computes per row of a helper. It also draws the next batch meanwhile, which
 * takes as long as the rest.
 */
const mainShareWithCondition = 0.72

/**
 * Trains on onnxruntime: each thread computes the gradient of its rows of a batch, then this one takes the step of AdamW with a kernel that
 * reads every number once. So no thread waits for another within a pass, and activations stay with the core that computed them
 * (docs/decisions/0011). A share has the same bits on any thread. Before a helper is ready, another thread computes its share; once one has
 * ended, every step throws why. Runs in Node and in pages.
 */
export async function createOnnxEngine(
  options: OnnxEngineOptions,
  shares = sharesOf(options),
): Promise<TrainingEngine> {
  const { network, beta2 = adamW.beta2, batchSize, threads, state: initial, runtime } = options
  const mainShare = network.takesCondition ? mainShareWithCondition : 1
  const ends = Array.from({ length: shares + 1 }, (_, share) =>
    share === 0 ? 0 : Math.round((batchSize * (mainShare + share - 1)) / (mainShare + shares - 1)),
  )
  const plan = { network, ends }
  const bytes = gradientGraph(network)
  const session = await runtime.createSession(bytes, { threads: runtime.startHelper ? 1 : threads })
  const shared = shareStep(plan)
  const { memory, batch } = shared
  const kernels = createKernels(memory)
  const usedNames = stateNames.filter((name) => initial[name])
  for (const name of usedNames) shared[name].set(initial[name]!)
  const start = (thread: number) => runtime.startHelper!({ bytes, plan, memory, thread })
  const pool = new WorkerPool(shared.words, gradientWork(session, plan, shared), shares, start)

  let step = initial.step
  return {
    name: 'onnx',
    async step(drawn, learningRate) {
      requireRows(drawn, batchSize)
      pool.requireHelpers()
      batch.x_t.data.set(drawn.x_t.data)
      batch.target.data.set(drawn.target.data)
      batch.t.set(drawn.t)
      batch.factors.set(drawn.factors)
      await pool.run(0, shares)
      pool.requireHelpers()
      const { rate, epsilon, decay, share } = stepScalars(step + 1, learningRate, options)
      const addresses = stateNames.map((name) => (usedNames.includes(name) ? shared[name].byteOffset : 0))
      addresses.push(shared.gradients.byteOffset, 4 * shared.stride)
      const factors = [adamW.beta1, beta2, 1 - adamW.beta1, 1 - beta2, rate, epsilon, decay, share]
      kernels.update(parameterCount(network), ...addresses, shares, 0, ...factors)
      step += 1
      return shared.losses.reduce((sum, loss) => sum + loss)
    },
    state: () => ({
      parameters: shared.parameters.slice(),
      firstMoment: shared.firstMoment.slice(),
      secondMoment: shared.secondMoment.slice(),
      average: initial.average && shared.average.slice(),
      step,
    }),
    liveTensors: () => usedNames.length,
    async dispose() {
      await pool.end()
      await session.release()
    },
  }
}
