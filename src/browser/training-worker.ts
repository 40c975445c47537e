import {
  type Exported,
  exportModelOf,
  type SamplerExport,
  type TrainedModel,
} from '../export/export-model.ts'
import { noStore, type RunStore } from '../model/run-store.ts'
import { trainedRunIn } from '../model/stored-run.ts'
import { canShareMemory } from '../numerics/kernels/memory.ts'
import { createSimdEngine, helpStep, type StepHelperStart } from '../train/engines/simd/engine.ts'
import type { ResumeRequest, TrainRequest } from '../train/options.ts'
import type { Engines } from '../train/runtime.ts'
import { type Trained, train } from '../train/train.ts'
import { answerCalls, defaultThreads, send } from './worker-calls.ts'

export interface TrainingCalls {
  train(request: TrainRequest | Omit<ResumeRequest, 'out'>, store: RunStore | undefined): Promise<Trained>
  /** Lets the run save a checkpoint, and then throw an AbortError. */
  stop(): void
  export(run: TrainedModel | RunStore, sampler: SamplerExport | undefined): Promise<Exported>
  /** Helps the engine of another such worker, until this one is ended. */
  help(start: StepHelperStart): Promise<void>
}

function startHelper(start: StepHelperStart) {
  send<TrainingCalls, 'help'>(new Worker(location.href, { type: 'module' }), 'help', [start])
  // the page ends it with this worker
  return { ended: () => undefined, end: async () => {} }
}

const engines: Engines = {
  choose: async () => 'simd',
  create: (_, options) =>
    createSimdEngine({
      ...options,
      threads: options.threads ?? defaultThreads(),
      startHelper: canShareMemory() ? startHelper : undefined,
    }),
}

const controller = new AbortController()

const calls: TrainingCalls = {
  train(request, store = noStore) {
    const { signal } = controller
    return train({ ...request, signal } as TrainRequest | ResumeRequest, { engines, store })
  },
  stop: () => controller.abort(),
  export: async (run, sampler) => exportModelOf('weights' in run ? run : await trainedRunIn(run), sampler),
  help: helpStep,
}

answerCalls(calls)
