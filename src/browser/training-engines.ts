import { canShareMemory } from '../numerics/kernels/memory.ts'
import { createSimdEngine, type StepHelperStart } from '../train/engines/simd/engine.ts'
import type { Engines } from '../train/runtime.ts'
import { defaultThreads, send } from './worker-calls.ts'

/** What helps a training step, as training-worker.ts does. */
interface HelpCalls {
  help(start: StepHelperStart): Promise<void>
}

/** The engines of a worker that trains; `startWorker` starts a training worker to help with each step. */
export function enginesWith(startWorker: () => Worker): Engines {
  const startHelper = (start: StepHelperStart) => {
    send<HelpCalls, 'help'>(startWorker(), 'help', [start])
    // it returns once the engine is disposed of, and the page ends it with this worker
    return { ended: () => undefined, end: async () => {} }
  }
  return {
    choose: async () => 'simd',
    create: (_, options) =>
      createSimdEngine({
        ...options,
        threads: options.threads ?? defaultThreads(),
        startHelper: canShareMemory() ? startHelper : undefined,
      }),
  }
}
