import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/** The headers with which a page may share memory between threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export interface BuiltSite {
  /** Of the page, without a query. */
  readonly url: string
  /** What was answered so far, in order, with its size in gzip. */
  readonly answers: { readonly name: string; readonly gzip: () => number }[]
  close(): void
}

/** Serves a built page from a folder of a server, with or without isolation. */
export async function serveBuilt(built: string, { folder = '/', isolated = false } = {}): Promise<BuiltSite> {
  const answers: BuiltSite['answers'] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    const name = pathname.slice(folder.length).replace(/(^|\/)$/, '$1index.html')
    const file = join(built, name)
    if (!pathname.startsWith(folder) || !existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    const body = readFileSync(file)
    answers.push({ name, gzip: () => gzipSync(body, { level: 9 }).length })
    const type = types[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type, ...(isolated ? isolation : {}) }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${folder}`,
    answers,
    close: () => server.close(),
  }
}
