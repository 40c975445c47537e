import { wrongType } from '../core/errors.ts'
import { checkOptions } from '../core/options.ts'
import {
  type Exported,
  type SamplerExport,
  samplerExportCheck,
  type TrainedModel,
} from '../export/export-model.ts'
import { type RunStore, trainedRunIn } from '../model/run-store.ts'
import { resumeChecks, trainChecks } from '../train/options.ts'
import type { Trained } from '../train/train.ts'
import {
  exportInWorker,
  trainInWorker,
  type WebResumeRequest,
  type WebTrainRequest,
} from './training-client.ts'

const isStore = (value: unknown): value is RunStore =>
  typeof value === 'object' && value !== null && 'read' in value && 'writeTogether' in value

const checkStore = (option: string, value: unknown) => {
  if (!isStore(value)) throw wrongType(option, value, 'give memoryStore(), or what openStore returns')
}
const { out: _out, engine: _engine, onReading: _onReading, ...checks } = trainChecks
const { resume: _resume, ...newChecks } = { ...checks, store: checkStore }
/**
 * Trains a noise predictor in a worker, on our own WASM kernels: no byte leaves the page. The same options give the same
 * bytes as engine `simd` in Node, whatever the browser and the number of threads, of which there is one in a page that is not
 * isolated.
 *
 * @returns The weights, what they were trained on, and how: what `exportModel` makes a model of.
 * @throws InputError where an option or the data is wrong, the store holds a run already, or the loss is no number; the
 * signal's reason, once a checkpoint is saved.
 * @example
 * const trained = await train({ dataset: 'two-moons', seed: 1, onProgress: ({ step, loss }) => show(step, loss) })
 * const { model } = await exportModel({ run: trained })
 */
export async function train(request: WebTrainRequest | WebResumeRequest = {}): Promise<Trained> {
  if ('resume' in request && request.resume)
    checkOptions<WebResumeRequest>('a resumed train', request, { ...resumeChecks, store: checkStore }, [
      'store',
    ])
  else checkOptions<WebTrainRequest>('train', request, newChecks)
  return trainInWorker(request)
}

export interface WebExportRequest {
  /** What `train` returned, or where it kept its files. */
  readonly run: TrainedModel | RunStore
  /** The process of sampler.onnx; `{}` is as the run recommends. Without it none is made. */
  readonly sampler?: SamplerExport | undefined
}

/**
 * Makes model.onnx of a run and, if asked for, sampler.onnx, in a worker: the same bytes as in Node.
 *
 * @throws InputError where a store has no run, or its schedule refuses the sampler.
 * @example
 * const { model, sampler } = await exportModel({ run: trained, sampler: {} })
 */
export async function exportModel(request: WebExportRequest): Promise<Exported> {
  checkOptions<WebExportRequest>(
    'exportModel',
    request,
    {
      run(option, value) {
        if (!isStore(value) && !(typeof value === 'object' && value !== null && 'weights' in value))
          throw wrongType(option, value, 'give what train returned, or a store')
      },
      sampler: samplerExportCheck,
    },
    ['run'],
  )
  const { run } = request
  const { config, weights } = isStore(run) ? await trainedRunIn(run) : run
  return exportInWorker({ config, weights }, request.sampler)
}
