import { wrongType } from '../core/errors.ts'
import { checkOptions, oneOf } from '../core/options.ts'
import {
  type Exported,
  type SamplerExport,
  samplerExportCheck,
  type TrainedModel,
} from '../export/export-model.ts'
import type { RunStore } from '../model/run-store.ts'
import type { Table } from '../table/table.ts'
import { resumeChecks, trainChecks } from '../train/options.ts'
import { dataSizeOf, type RecipeName, recipeOf } from '../train/recipes.ts'
import { type AsideShares, countsOf, sharesFor } from '../train/resolve/aside.ts'
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
const { out: _out, onReading: _onReading, ...checks } = { ...trainChecks, engine: oneOf(['simd', 'auto']) }
const { resume: _resume, ...newChecks } = { ...checks, store: checkStore }

/**
 * Trains a noise predictor in a worker, on our own WASM kernels: no byte leaves the page. The same options give the
 * same bytes as engine `simd` in Node, in any browser and with any number of threads. A page that is not cross-origin
 * isolated has one thread.
 *
 * @param request - The dataset and the options of the run, or `resume` with its store.
 * @returns The weights, the configuration and the history, for `exportModel`.
 * @throws InputError if an option or the data is wrong, the store already holds a run, or the loss is not finite; the
 * signal's reason once it is aborted and a checkpoint is saved.
 * @example
 * const trained = await train({ dataset: 'two-moons', seed: 1, onProgress: ({ step, loss }) => show(step, loss) })
 * const { model } = await exportModel({ run: trained })
 */
export async function train(request: WebTrainRequest | WebResumeRequest): Promise<Trained> {
  const checksOfResumed = { ...resumeChecks, store: checkStore }
  if ((request as Partial<WebResumeRequest> | undefined)?.resume)
    checkOptions<WebResumeRequest>('a resumed train', request, checksOfResumed, ['store'])
  else checkOptions<WebTrainRequest>('train', request, newChecks, ['dataset'])
  return trainInWorker(request)
}

/**
 * The number of steps that `train` takes on a table by default.
 *
 * @param table - The table.
 * @param options - `recipe`, and the shares of rows that `holdout` and `validation` keep from training, as for `train`.
 * @returns The number of steps.
 * @throws InputError if there is no such recipe.
 * @example
 * const steps = Math.min(1000, stepsOf(table, { recipe: 'table' }))
 */
export function stepsOf(
  table: Table,
  { recipe, ...shares }: AsideShares & { readonly recipe: RecipeName },
): number {
  const rows = countsOf(table.count, sharesFor(recipeOf(recipe), shares)).train
  return recipeOf(recipe, { ...dataSizeOf(table), rows }).steps
}

export interface WebExportRequest {
  /** The result of `train`, or the store of its files. */
  readonly run: TrainedModel | RunStore
  /** Process of sampler.onnx; `{}` is the one the run recommends. Without it, none is made. */
  readonly sampler?: SamplerExport | undefined
}

/**
 * Exports a run as model.onnx and, on request, sampler.onnx, in a worker: the same bytes as in Node.
 *
 * @param request - The run, and the process of sampler.onnx.
 * @returns The files' bytes.
 * @throws InputError if the store has no run, or the schedule refuses the sampler.
 * @example
 * const { model, sampler } = await exportModel({ run: trained, sampler: {} })
 */
export async function exportModel(request: WebExportRequest): Promise<Exported> {
  const checkRun = (option: string, value: unknown) => {
    if (!isStore(value) && !(typeof value === 'object' && value !== null && 'weights' in value))
      throw wrongType(option, value, 'give what train returned, or a store')
  }
  const exportChecks = { run: checkRun, sampler: samplerExportCheck }
  checkOptions<WebExportRequest>('exportModel', request, exportChecks, ['run'])
  return exportInWorker(request.run, request.sampler)
}
