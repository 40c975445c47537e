import { Crew, type CrewHelper, serve } from '../../../numerics/kernels/crew.ts'
import { adamW, type EngineOptions, stepScalars, type TrainingEngine } from '../../engine.ts'
import { gradientTask, StepMemory, type StepPlan, updateTask } from './step.ts'

/** Plain data that starts a helper's thread, for `helpStep`. */
export interface StepHelperStart {
  readonly plan: StepPlan
  readonly memory: WebAssembly.Memory
  /** Counted from 2. */
  readonly thread: number
}

/** A thread beside the engine's own. */
export interface StepHelper extends CrewHelper {
  /** Ends it at once. */
  end(): Promise<void>
}

export interface SimdEngineOptions extends EngineOptions {
  /** Starts a thread with shared memory. If absent, the engine has one thread. */
  readonly startHelper?: ((start: StepHelperStart) => StepHelper) | undefined
}

/**
 * Trains on our own WASM kernels, in Node and in pages, with the same bits on any number of threads
 * (docs/decisions/0023). Throws if a batch differs in size from the first.
 */
export async function createSimdEngine(options: SimdEngineOptions): Promise<TrainingEngine> {
  const { network, beta2 = adamW.beta2, ema, threads = 1, state: initial, startHelper } = options
  let step = initial.step
  let own: { plan: StepPlan; memory: StepMemory; crew: Crew; helpers: StepHelper[] } | undefined

  /** Sets up the engine for batches of `rows` rows. */
  const begin = (rows: number) => {
    const plan = { network, rows, threads: startHelper ? threads : 1, hasAverage: ema !== null }
    const memory = new StepMemory(plan)
    memory.begin(initial)
    const count = Math.min(plan.threads, memory.shares) - 1
    const helpers = Array.from({ length: count }, (_, i) =>
      startHelper!({ plan, memory: memory.memory, thread: i + 2 }),
    )
    const crew = new Crew(memory.words, (kind, task) => memory.work(1, kind, task), helpers)
    return { plan, memory, crew, helpers }
  }
  if (options.batchSize !== undefined) own = begin(options.batchSize)

  return {
    name: 'simd',
    async step(batch, learningRate) {
      own ??= begin(batch.x_t.count)
      const { plan, memory, crew } = own
      const { count } = batch.x_t
      if (count !== plan.rows)
        throw new Error(`a batch of ${count} rows: the engine was made for ${plan.rows}`)
      if (batch.target.count !== count || batch.t.length !== count)
        throw new Error(
          `a batch of ${count} rows, ${batch.target.count} targets and ${batch.t.length} timesteps`,
        )
      memory.load(batch)
      await crew.run(gradientTask, memory.shares)
      const loss = memory.finishGradient()
      memory.prepareUpdate(stepScalars(step + 1, learningRate, options), beta2)
      await crew.run(updateTask, memory.updates.length)
      memory.finishUpdate()
      step += 1
      return loss
    },
    state: () => (own ? { ...own.memory.state(), step } : initial),
    liveTensors: () => (ema === null ? 3 : 4),
    async dispose() {
      await Promise.all(own?.helpers.map((helper) => helper.end()) ?? [])
    },
  }
}

/** A helper's thread: works on tasks of the engine's steps until it is ended. */
export function helpStep({ plan, memory, thread }: StepHelperStart): never {
  const step = new StepMemory(plan, memory)
  return serve(step.words, thread, (kind, task) => step.work(thread, kind, task))
}
