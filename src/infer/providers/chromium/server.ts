import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pageProgram } from './program.ts'

/** The folder of onnxruntime-web's files. */
const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))

const types: Readonly<Record<string, string>> = {
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

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

export interface PageServer {
  /** Adds an exchange for one page, and returns its address. */
  open(exchange: Exchange): string
  close(): void
}

/**
 * Serves only this process's pages: on 127.0.0.1, at a port that the system chooses, under addresses that can't be
 * guessed. Pages are isolated (COOP, COEP), because WASM threads need shared memory.
 */
export async function startServer(): Promise<PageServer> {
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
    open(exchange) {
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

/** Sends one of onnxruntime-web's files, which all pages may cache. */
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
