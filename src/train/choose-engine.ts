import type { Network } from '../model/network.ts'
import type { EngineName } from '../model/run-config.ts'
import { tensorflowProblem, usefulThreads } from './tfjs/backend.ts'

/** The engine for a network. `auto` is TensorFlow's, or, with a warning, the WASM one where that is missing. */
export function chooseEngine(
  name: EngineName | 'auto',
  network: Network,
  threads: number | undefined,
  warn: (message: string) => void,
): EngineName {
  if (name !== 'auto') return name
  // looking loads TensorFlow, with the threads that it keeps
  const problem = tensorflowProblem(threads ?? usefulThreads('tensorflow', network))
  if (!problem) return 'tensorflow'
  warn(`training on tfjs-wasm, at about half of tensorflow's speed: ${problem}`)
  return 'tfjs-wasm'
}
