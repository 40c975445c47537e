import { availableParallelism } from 'node:os'
import { InputError, messageOf } from '../../core/errors.ts'
import type { Network } from '../../model/network.ts'
import type { EngineName } from '../../model/run-config.ts'
import type { EngineOptions, TrainingEngine } from '../engine.ts'
import type { TrainRequest } from '../options.ts'
import { createOnnxEngine } from './onnx/engine.ts'
import { goldenStepsProblem } from './onnx/golden-steps.ts'
import type { StepRuntime } from './onnx/session.ts'
import { tensorflowProblem, usefulThreads } from './tfjs/backend.ts'
import { createTfjsEngine } from './tfjs/engine.ts'

/**
 * The engine for a network. `auto` is the fastest that this machine has: `onnx`, if it takes the golden steps as it
 * should; else, with a warning, TensorFlow's, or the WASM one where that is missing too.
 */
export async function chooseEngine(
  { engine = 'auto', threads, onWarning: warn = console.warn }: TrainRequest,
  network: Network,
  runtime: StepRuntime | undefined,
): Promise<EngineName> {
  if (engine !== 'auto') return engine
  const onnxProblem = runtime
    ? await goldenStepsProblem(runtime.createSession).catch(messageOf)
    : missingSessions
  if (!onnxProblem) return 'onnx'
  // looking loads TensorFlow, with the threads that it keeps
  const problem = tensorflowProblem(threads ?? usefulThreads('tensorflow', network))
  const chosen = problem ? 'tfjs-wasm' : 'tensorflow'
  warn(`training on ${chosen}, slower than onnx: ${[onnxProblem, problem].filter(Boolean).join('; ')}`)
  return chosen
}

/** Creates an engine by its name. Throws where this machine can't run it. */
export async function createEngine(
  name: EngineName,
  options: EngineOptions,
  runtime: StepRuntime | undefined,
): Promise<TrainingEngine> {
  if (name !== 'onnx') return createTfjsEngine({ ...options, name })
  if (!runtime) throw new InputError(`engine onnx: ${missingSessions}`, 'not-available')
  const threads = options.threads ?? availableParallelism()
  return createOnnxEngine({ ...options, threads, runtime })
}

const missingSessions = 'it needs the sessions that moonstep itself hands to train'
