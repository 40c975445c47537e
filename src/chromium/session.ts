import { InputError, messageOf } from '../core/errors.ts'
import type { Session, SessionInfo, Tensor } from '../infer/session.ts'
import { graphForWasm } from '../infer/wasm-graph.ts'
import { joinPage } from './browser.ts'

/** What the page loads, of onnxruntime-web's files. */
const runtimes = { webgpu: 'ort.webgpu.min.mjs', wasm: 'ort.wasm.min.mjs' }

export interface BrowserOptions {
  /** What its sessions are called. */
  readonly name: string
  /** onnxruntime-web's own provider. */
  readonly provider: keyof typeof runtimes
  readonly threads?: number | undefined
}

let sessions = 0

/**
 * Sessions of onnxruntime-web in a headless Chromium, which all of the process share and which closes with the last
 * of them. Threads are 1 unless told, as in a page.
 * Errors: playwright-core or Chromium is missing; the browser can't run the model.
 */
export async function createBrowserSession(
  bytes: Uint8Array,
  { name, provider, threads = 1 }: BrowserOptions,
): Promise<Session> {
  const { page, version, leave } = await joinPage(name, threads)
  const { exchange, queue, call } = page
  const id = sessions++
  const facts = await queue
    .run(async () => {
      exchange.model = provider === 'wasm' ? graphForWasm(bytes) : bytes
      return (await call('create', { id, runtime: runtimes[provider], provider, threads })) as Facts
    })
    .catch(async (error) => {
      await leave()
      throw new InputError(
        `provider ${name} can't run the model in Chromium: ${messageOf(error)}`,
        'not-available',
      )
    })
  return {
    ...facts,
    provider: name,
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

/** What stands beside the bytes of tensors on their way: their names and sizes, in the order of the bytes. */
export type TensorList = readonly { readonly name: string; readonly dims: readonly number[] }[]

/** Tensors as one run of little-endian bytes: JSON would take five times as long for 100,000 rows. */
export function packTensors(tensors: Readonly<Record<string, Tensor>>): { list: TensorList; bytes: Buffer } {
  const entries = Object.entries(tensors)
  const parts = entries.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  return { list: entries.map(([name, { dims }]) => ({ name, dims })), bytes: Buffer.concat(parts) }
}

/** The arrays of such bytes, by name. */
export function unpackTensors(list: TensorList, bytes: Buffer): Record<string, Float32Array> {
  // a Buffer may begin anywhere in its memory, a Float32Array only at a multiple of four
  const floats = new Float32Array(Uint8Array.from(bytes).buffer)
  let at = 0
  return Object.fromEntries(
    list.map(({ name, dims }) => {
      const length = dims.reduce((product, size) => product * size, 1)
      at += length
      return [name, floats.slice(at - length, at)]
    }),
  )
}
