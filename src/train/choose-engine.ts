import type { EngineName } from '../model/run-config.ts'
import { tensorflowProblem } from './tfjs/backend.ts'

/** The engine that a name stands for. `auto` is TensorFlow's, or, with a warning, the WASM one where that is missing. */
export async function chooseEngine(
  name: EngineName | 'auto',
  warn: (message: string) => void,
): Promise<EngineName> {
  if (name !== 'auto') return name
  const problem = await tensorflowProblem()
  if (!problem) return 'tensorflow'
  warn(`training on tfjs-wasm, at about half of tensorflow's speed: ${problem}`)
  return 'tfjs-wasm'
}
