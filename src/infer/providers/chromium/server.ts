import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'

const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))

const types: Readonly<Record<string, string>> = { '.mjs': 'text/javascript', '.wasm': 'application/wasm' }

const pageDocument = '<!doctype html><title>moonstep</title><script type="module" src="page.mjs"></script>'

/** The data that the server exchanges with a page. */
export interface Exchange {
  /** The next session's model. */
  model: Uint8Array
  /** The next run's feeds. */
  feeds: Buffer
  /** The last run's outputs. */
  results: Buffer
}

export type PageServer = Awaited<ReturnType<typeof startServer>>

/** Serves this process's pages alone, at addresses that can't be guessed; isolated, as WASM threads need. */
export async function startServer() {
  const exchanges = new Map<string, Exchange>()
  const server = createServer((request, response) => {
    const [, token = '', ...rest] = request.url!.split('/')
    const exchange = exchanges.get(token)
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    if (token === 'ort') sendRuntime(rest.join('/'), response)
    else if (exchange) answer(exchange, rest.join('/'), request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    open(exchange: Exchange): string {
      const token = randomBytes(16).toString('hex')
      exchanges.set(token, exchange)
      return `http://127.0.0.1:${port}/${token}/`
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function answer(exchange: Exchange, path: string, request: IncomingMessage, response: ServerResponse): void {
  const send = (type: string, body: string | Uint8Array) => response.setHeader('content-type', type).end(body)
  if (path === '') send('text/html', pageDocument)
  else if (path === 'page.mjs') send('text/javascript', pageProgram)
  else if (path === 'model' || path === 'feeds') send('application/octet-stream', exchange[path])
  else if (path === 'results')
    buffer(request).then(
      (bytes) => {
        exchange.results = bytes
        response.end()
      },
      // the page is gone; its session reports that
      () => {},
    )
  else response.writeHead(404).end()
}

function sendRuntime(file: string, response: ServerResponse): void {
  const type = /^[\w.-]+$/.test(file) ? types[extname(file)] : undefined
  if (!type) {
    response.writeHead(404).end()
    return
  }
  response.setHeader('content-type', type).setHeader('cache-control', 'max-age=86400, immutable')
  createReadStream(join(dist, file))
    .on('error', () => response.writeHead(404, { 'cache-control': 'no-store' }).end())
    .pipe(response)
}

/** The page's program, as text, since it runs in Chromium. Its sessions share a runtime and take turns. */
const pageProgram = String.raw`
const sessions = new Map()
let ort, device, lost, fail

async function create({ id, runtime, provider, threads, isForeign }) {
  ort ??= await import('/ort/' + runtime)
  ort.env.logLevel = 'fatal'
  ort.env.wasm.wasmPaths = new URL('/ort/', import.meta.url).href
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? threads : 1
  const session = await ort.InferenceSession.create(await fetched('./model'), {
    executionProviders: [provider],
    logSeverityLevel: 4,
    graphOptimizationLevel: 'all',
    // otherwise nodes that the provider lacks go to the CPU unseen
    ...(provider === 'wasm' || isForeign ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  })
  sessions.set(id, session)
  if (provider === 'webgpu' && !device) watch((device = await ort.env.webgpu.device))
  const info = device?.adapterInfo
  return {
    adapter: [info?.vendor, info?.architecture, info?.description].filter(Boolean).join(' ') || null,
    onnxruntime: ort.env.versions.web ?? ort.env.versions.common,
    threads: ort.env.wasm.numThreads,
    inputs: session.inputMetadata,
    outputs: session.outputMetadata,
  }
}

const arrays = { float32: Float32Array, float16: Uint16Array, int64: BigInt64Array, int32: Int32Array, bool: Uint8Array }

// float16 comes as its own array where the browser has one, else as its bits
function numbersOf(data) {
  if (data instanceof Float32Array) return data
  if (data instanceof Uint16Array) throw new Error('this browser lacks Float16Array, which float16 outputs need')
  return Float32Array.from(data, Number)
}

// a run on a device that is gone may never end
function watch({ lost: loss }) {
  globalThis.moonstepDevice = device
  loss.then(({ message }) => {
    lost = new Error('the GPU was lost (' + message.split('\n')[0] + '): load the model again')
    fail?.(lost)
  })
}

async function run({ id, list, outputs }) {
  if (lost) throw lost
  const bytes = await fetched('./feeds')
  let at = 0
  const feeds = {}
  for (const { name, dims, type = 'float32', size } of list) {
    // an array may not start at any offset
    feeds[name] = new ort.Tensor(type, new arrays[type](bytes.slice(at, at + size)), dims)
    at += size
  }
  // the GPU may be lost in the run, and while its results are fetched from it
  const compute = async () => {
    const results = await sessions.get(id).run(feeds, outputs)
    return Promise.all(outputs.map((name) => results[name].getData().then(numbersOf)))
  }
  const computed = await new Promise((resolve, reject) => {
    fail = reject
    compute().then(resolve, async (error) => {
      // a run on a lost GPU fails before the loss is reported
      if (device) await Promise.race([device.lost, new Promise((later) => setTimeout(later, 1000))])
      reject(lost ?? error)
    })
  })
  await fetch('./results', { method: 'POST', body: new Blob(computed) })
  return computed.map(({ length }) => length)
}

async function release({ id }) {
  await sessions.get(id)?.release()
  sessions.delete(id)
}

async function fetched(path) {
  return (await fetch(path)).arrayBuffer()
}

globalThis.moonstep = { create, run, release, isLost: () => lost !== undefined }
`
