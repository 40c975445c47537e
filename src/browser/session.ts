import { InputError, messageOf } from '../core/errors.ts'
import type { CreateSession, SessionInfo } from '../infer/session.ts'
import { graphForWasm } from '../infer/wasm-graph.ts'
import { joinPage } from './shared.ts'
import { packTensors, type TensorList, unpackTensors } from './tensors.ts'

export type BrowserProvider = 'webgpu-browser' | 'wasm-browser'

const runtimes = {
  'webgpu-browser': { runtime: 'ort.webgpu.min.mjs', provider: 'webgpu' },
  'wasm-browser': { runtime: 'ort.wasm.min.mjs', provider: 'wasm' },
}

let sessions = 0

/**
 * Sessions of onnxruntime-web in a headless Chromium, which all of the process share and which closes with the last
 * of them. Threads are 1 unless told, as in a page.
 * Errors: playwright-core or Chromium is missing; the browser can't run the model.
 */
export const createBrowserSession: CreateSession<BrowserProvider> = async (
  bytes,
  { provider, threads = 1 },
) => {
  const { page, version, leave } = await joinPage(provider, threads)
  const { exchange, queue, call } = page
  const id = sessions++
  const facts = await queue
    .run(async () => {
      exchange.model = provider === 'wasm-browser' ? graphForWasm(bytes) : bytes
      return (await call('create', { id, ...runtimes[provider], threads })) as Facts
    })
    .catch(async (error) => {
      await leave()
      throw new InputError(`provider ${provider} can't run the model in Chromium: ${messageOf(error)}`)
    })
  return {
    ...facts,
    provider,
    runtime: `onnxruntime-web ${facts.onnxruntime} in Chromium ${version}`,
    tf32: null,
    run: (feeds, outputs) =>
      queue.run(async () => {
        const { list, bytes: packed } = packTensors(feeds)
        exchange.feeds = packed
        const results = (await call('run', { id, list, outputs })) as TensorList
        return unpackTensors(results, exchange.results)
      }),
    async release() {
      // where the page is gone, so is the session
      await queue.run(() => call('release', { id })).catch(() => {})
      await leave()
    },
  }
}

type Facts = Pick<SessionInfo, 'adapter' | 'onnxruntime' | 'threads'>
