import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pageProgram } from './program.ts'

/** onnxruntime-web's files, by the name that the page asks for. */
const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))

const types: Readonly<Record<string, string>> = {
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

const pageDocument = '<!doctype html><title>moonstep</title><script type="module" src="page.mjs"></script>'

/** What the server hands a page, and takes from it. */
export interface Exchange {
  /** The bytes of the next session's model. */
  model: Uint8Array
  /** The bytes of the next run's feeds. */
  feeds: Buffer
  /** The bytes of the last run's outputs. */
  results: Buffer
}

export interface PageServer {
  /** Opens a place for one page: its address. */
  open(exchange: Exchange): string
  close(): void
}

/**
 * A server for the pages of this process alone: on 127.0.0.1, at a port of the system's choice, below addresses
 * that nobody can guess. Pages are isolated (COOP, COEP), for WASM's threads need memory that is shared.
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
      // the page is gone, which its session says
      () => {},
    )
  else response.writeHead(404).end()
}

/** One of onnxruntime-web's files, for all pages to keep. */
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
