import {
  type HelperStart,
  type PoolHelper,
  serve,
  type Work,
  WorkerPool,
} from '../../../numerics/worker-pool.ts'
import { adamW, type EngineOptions, requireRows, stepScalars, type TrainingEngine } from '../../engine.ts'
import type { StepPlan } from './place-step.ts'
import { gradientTask, StepMemory, updateTask } from './step.ts'

/** Starts a helper's thread, for `helpStep`. */
export type StepHelperStart = HelperStart<StepPlan>

interface SimdEngineOptions extends EngineOptions {
  /** Starts a thread with shared memory. If absent, the engine has one thread. */
  readonly startHelper?: ((start: StepHelperStart) => PoolHelper) | undefined
}

/**
 * Trains on our own WASM kernels, in Node and in pages, with the same bits on any number of threads
 * (docs/decisions/0023).
 */
export async function createSimdEngine(options: SimdEngineOptions): Promise<TrainingEngine> {
  const { network, beta2 = adamW.beta2, ema, batchSize, threads = 1, state: initial, startHelper } = options
  const plan = { network, rows: batchSize, threads: startHelper ? threads : 1, hasAverage: ema !== null }
  const memory = new StepMemory(plan)
  memory.begin(initial)
  const start = (thread: number) => startHelper!({ plan, memory: memory.memory, thread })
  const work: Work = (kind, task) => memory.work(1, kind, task)
  const pool = new WorkerPool(memory.words, work, Math.min(plan.threads, memory.shares), start)

  let step = initial.step
  return {
    name: 'simd',
    async step(batch, learningRate) {
      requireRows(batch, batchSize)
      memory.load(batch)
      await pool.run(gradientTask, memory.shares)
      const loss = memory.finishGradient()
      memory.prepareUpdate(stepScalars(step + 1, learningRate, options), beta2)
      await pool.run(updateTask, memory.updates.length)
      memory.finishUpdate()
      step += 1
      return loss
    },
    state: () => ({ ...memory.state(), step }),
    liveTensors: () => (ema === null ? 3 : 4),
    dispose: () => pool.end(),
  }
}

/** A helper's thread: works on tasks of the engine's steps until the engine is disposed of. */
export function helpStep({ plan, memory, thread }: StepHelperStart): Promise<void> {
  const step = new StepMemory(plan, memory)
  return serve(step.words, thread, (kind, task) => step.work(thread, kind, task))
}
