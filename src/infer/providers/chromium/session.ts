import { InputError, messageOf } from '../../../core/errors.ts'
import type { Session, SessionInfo } from '../../session.ts'
import { graphForWasm } from '../web-session.ts'
import { joinPage } from './browser.ts'

/** The files of onnxruntime-web that the page loads. */
const runtimes = { webgpu: 'ort.webgpu.min.mjs', wasm: 'ort.wasm.min.mjs' }

export interface BrowserOptions {
  /** The provider's name in Moonstep. */
  readonly name: string
  /** The provider's name in onnxruntime-web. */
  readonly provider: keyof typeof runtimes
  readonly threads?: number | undefined
}

let sessions = 0

/**
 * Creates a session of onnxruntime-web in a headless Chromium, which all sessions of the process share and which closes
 * with the last. The default is one thread, as in a page.
 * Throws if playwright-core or Chromium is missing, or if the browser can't run the model.
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
        // binary, because JSON would take five times as long for 100,000 rows
        const inputs = Object.entries(feeds)
        exchange.feeds = Buffer.concat(inputs.map(([, { data }]) => bytesOf(data)))
        const list = inputs.map(([name, { dims }]) => ({ name, dims }))
        const lengths = (await call('run', { id, list, outputs })) as number[]
        return split(exchange.results, outputs, lengths)
      }),
    async release() {
      // if the page is gone, so is the session
      await queue.run(() => call('release', { id })).catch(() => {})
      await leave()
    },
  }
}

type Facts = Pick<SessionInfo, 'adapter' | 'onnxruntime' | 'threads'>

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Splits little-endian floats into arrays of these lengths, by name. */
function split(bytes: Buffer, names: readonly string[], lengths: readonly number[]) {
  // a Buffer may start at any offset, a Float32Array only at a multiple of four
  const floats = new Float32Array(Uint8Array.from(bytes).buffer)
  let end = 0
  return Object.fromEntries(
    names.map((name, k) => {
      end += lengths[k]!
      return [name, floats.slice(end - lengths[k]!, end)]
    }),
  )
}
