import { availableParallelism } from 'node:os'
import { InputError, messageOf } from '../../core/errors.ts'
import type { EngineName } from '../../model/run-config.ts'
import type { EngineOptions, TrainingEngine } from '../engine.ts'
import type { TrainRequest } from '../options.ts'
import { createOnnxEngine } from './onnx/engine.ts'
import { goldenStepsProblem } from './onnx/golden-steps.ts'
import type { StepRuntime } from './onnx/session.ts'
import { createSimdEngine } from './simd/engine.ts'
import { createTensorflowEngine } from './tfjs/engine.ts'

/**
 * The engine that is asked for. `auto` is the fastest that this machine has: `onnx`, if it takes the golden steps as it
 * should; else, with a warning, `simd`, which runs everywhere.
 */
export async function chooseEngine(
  { engine = 'auto', onWarning: warn = console.warn }: TrainRequest,
  runtime: StepRuntime | undefined,
): Promise<EngineName> {
  if (engine !== 'auto') return engine
  const onnxProblem = runtime
    ? await goldenStepsProblem(runtime.createSession).catch(messageOf)
    : missingSessions
  if (!onnxProblem) return 'onnx'
  warn(`training on simd, slower than onnx: ${onnxProblem}`)
  return 'simd'
}

/** Creates an engine by its name. Throws where this machine can't run it. */
export async function createEngine(
  name: EngineName,
  options: EngineOptions,
  runtime: StepRuntime | undefined,
): Promise<TrainingEngine> {
  if (name === 'tensorflow') return createTensorflowEngine(options)
  const threads = options.threads ?? availableParallelism()
  if (name === 'simd') return createSimdEngine({ ...options, threads, startHelper: runtime?.startSimdHelper })
  if (!runtime) throw new InputError(`engine onnx: ${missingSessions}`, 'not-available')
  return createOnnxEngine({ ...options, threads, runtime })
}

const missingSessions = 'it needs the sessions that moonstep itself hands to train'
