import { InputError } from '../core/errors.ts'
import type { WebRuntime } from '../infer/providers/web-session.ts'
import type { OnnxruntimeWebProvider, WebProvider } from '../infer/session.ts'
import { type WorkerRuntime, workerRuntimes } from './runtimes.ts'

/** What a page has of onnxruntime. */
interface Onnxruntime {
  readonly workers: Readonly<Record<OnnxruntimeWebProvider, WorkerRuntime>>
  /** Loads it in the thread that calls; a page that samples in workers alone needs none of it. */
  readonly load?: Readonly<Record<OnnxruntimeWebProvider, () => Promise<WebRuntime>>>
}

/** On the global object, because the element and `moonstep/web` may each have a copy of this module. */
const key = Symbol.for('moonstep/web/onnxruntime')
const holder = globalThis as { [key]?: Onnxruntime }

export function provideOnnxruntime(onnxruntime: Onnxruntime): void {
  holder[key] = onnxruntime
}

/** Loads onnxruntime in this thread. Throws InputError if the page does not have it. */
export function loadOnnxruntime(provider: OnnxruntimeWebProvider): Promise<WebRuntime> {
  const load = holder[key]?.load?.[provider]
  return load ? load() : Promise.reject(notProvided(provider))
}

/** The worker of a provider. Throws InputError if the page does not have it. */
export async function workerOf(provider: WebProvider): Promise<WorkerRuntime> {
  if (provider === 'simd') return workerRuntimes.simd
  const { workers } = holder[key] ?? (await withoutBundler(provider))
  return workers[provider]
}

/** A page without a bundler has all files next to this one; a bundler does not see this import, nor has it such a file. */
async function withoutBundler(provider: OnnxruntimeWebProvider): Promise<Onnxruntime> {
  try {
    const file = import.meta.url.replace(/[^/]*$/, 'onnxruntime-workers.js')
    const { onnxruntimeWorkers } = await import(/* @vite-ignore */ file)
    return { workers: onnxruntimeWorkers }
  } catch {
    throw notProvided(provider)
  }
}

function notProvided(provider: OnnxruntimeWebProvider): InputError {
  return new InputError(
    `provider ${provider} needs onnxruntime, which this page does not have: import 'moonstep/web/onnxruntime' in it, or use provider simd`,
    'not-available',
  )
}
