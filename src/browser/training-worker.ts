import {
  type Exported,
  exportModelOf,
  type SamplerExport,
  type TrainedModel,
} from '../export/export-model.ts'
import { noStore, type RunStore } from '../model/run-store.ts'
import { trainedRunIn } from '../model/stored-run.ts'
import { helpStep, type StepHelperStart } from '../train/engines/simd/engine.ts'
import type { ResumeRequest, TrainRequest } from '../train/options.ts'
import { type Trained, train } from '../train/train.ts'
import { enginesWith } from './training-engines.ts'
import { answerCalls } from './worker-calls.ts'

export interface TrainingCalls {
  train(request: TrainRequest | Omit<ResumeRequest, 'out'>, store: RunStore | undefined): Promise<Trained>
  /** Lets the run save a checkpoint, and then throw an AbortError. */
  stop(): void
  export(run: TrainedModel | RunStore, sampler: SamplerExport | undefined): Promise<Exported>
  /** Helps the engine of another such worker, until that is disposed of. */
  help(start: StepHelperStart): Promise<void>
}

const engines = enginesWith(() => new Worker(location.href, { type: 'module' }))

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
