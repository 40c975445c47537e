/** What training, export and sampling need of Node: files, threads, engines and providers. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { InputError, messageOf } from '../core/errors.ts'
import { hasWorkers, startThread } from '../infer/workers.ts'
import { noStore } from '../model/run-store.ts'
import type { PoolHelper } from '../numerics/worker-pool.ts'
import { isDatasetName } from '../table/datasets/index.ts'
import type { ReadOptions } from '../table/formats/read-bytes.ts'
import { readTable } from '../table/formats/read-table.ts'
import { provideFaker } from '../table/generated/faker.ts'
import { createOnnxEngine } from '../train/engines/onnx/engine.ts'
import { goldenStepsProblem } from '../train/engines/onnx/golden-steps.ts'
import type { AnyHelperStart, CreateStepSession, StepRuntime } from '../train/engines/onnx/session.ts'
import { createSimdEngine } from '../train/engines/simd/engine.ts'
import { createTensorflowEngine } from '../train/engines/tfjs/engine.ts'
import type { ResumeRequest, TrainRequest } from '../train/options.ts'
import type { Engines, FindFile, TrainingRuntime } from '../train/runtime.ts'
import { checkTrainOptions, type Trained, train as trainWith } from '../train/train.ts'
import { loadNodeFaker } from './faker.ts'
import { createNodeSession } from './providers.ts'
import { folderStore } from './run-folder.ts'
import { whileLocked } from './run-lock.ts'

/**
 * Node's engines, on the sessions and threads of a runtime. `auto` picks the fastest: `onnx`, if it reproduces the
 * golden steps; otherwise, with a warning, `simd`, which runs everywhere.
 */
export function enginesOn(runtime: StepRuntime): Engines {
  return {
    async choose({ engine = 'auto', onWarning: warn = console.warn }) {
      if (engine !== 'auto') return engine
      const onnxProblem = await goldenStepsProblem(runtime.createSession).catch(messageOf)
      if (!onnxProblem) return 'onnx'
      warn(`training on simd, slower than onnx: ${onnxProblem}`)
      return 'simd'
    },
    async create(name, options) {
      if (name === 'tensorflow') return createTensorflowEngine(options)
      const threads = options.threads ?? availableParallelism()
      if (name === 'simd') return createSimdEngine({ ...options, threads, startHelper: runtime.startHelper })
      return createOnnxEngine({ ...options, threads, runtime })
    },
  }
}

/** Sessions of onnxruntime-node's CPU provider for the engine `onnx`. */
export const createStepSession: CreateStepSession = (bytes, { threads }) =>
  createNodeSession(bytes, { provider: 'cpu', threads })

/**
 * Starts a helper thread, which doesn't keep the process alive. Node's workers can't load TypeScript, as which the tests
 * run this file: then the helper never takes a task.
 */
export function startHelper(start: AnyHelperStart): PoolHelper {
  if (!hasWorkers) return { ended: () => undefined, end: async () => {} }
  const { worker, end } = startThread(new URL('./training-helper.js', import.meta.url), start)
  let failure = new Error('a training thread ended')
  let reason: Error | undefined
  worker.on('error', (error) => {
    failure = error
  })
  worker.on('exit', () => {
    reason = failure
  })
  return { ended: () => reason, end }
}

const engines = enginesOn({ createSession: createStepSession, startHelper })

/** A built-in dataset's name is one word; a path has a dot or a slash, or exists; `-` is stdin. */
const findFile: FindFile = (name) => {
  const isFile = name === '-' || /[./\\]/.test(name) || (!isDatasetName(name) && existsSync(name))
  if (!isFile) return undefined
  const read = (options: ReadOptions) => readTable(undefined, name, options)
  return { name: name === '-' ? 'stdin' : basename(name), read }
}

/** Node's runtime for training, with a run folder if given. Throws InputError if the folder's name is empty. */
export function runtimeFor(out: string | undefined): TrainingRuntime {
  if (out === '')
    throw new InputError('out is empty: give a folder for the run', 'missing', { option: 'out', value: out })
  return { engines, findFile, store: out === undefined ? noStore : folderStore(out) }
}

/**
 * Trains a noise predictor (Ho et al. 2020, algorithm 1). Given `out`, writes the run to that folder: config.json,
 * weights.safetensors, history.csv and checkpoint/, from which `resume` continues. The same options, engine and machine
 * give the same bytes.
 *
 * @param request - The dataset and the options of the run, or `resume` with the folder of one.
 * @returns The weights, the configuration and the history, for `exportModel`.
 * @throws InputError if an option or the data is wrong, the folder already holds a run, the loss is not finite, or this
 * machine lacks the engine; the signal's reason once it is aborted.
 * @example
 * const trained = await train({ dataset: 'two-moons', seed: 1, out: 'runs/moons' })
 */
export async function train(request: TrainRequest | ResumeRequest): Promise<Trained> {
  checkTrainOptions(request)
  const { out } = request
  provideFaker(loadNodeFaker)
  const runtime = runtimeFor(out)
  return whileLocked(out, () => trainWith(request, runtime))
}
