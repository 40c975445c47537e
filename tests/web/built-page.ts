import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { root } from './helpers.ts'

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

/** Builds a page as `npm run web:build` does, into a temporary folder; `folder` has its vite.config.ts. */
export async function buildPage(folder: string): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'moonstep-page-'))
  const configFile = join(root, folder, 'vite.config.ts')
  const { NODE_ENV } = process.env
  // vitest's own value would make it a development build
  process.env.NODE_ENV = 'production'
  try {
    await build({ configFile, logLevel: 'error', build: { outDir: out, emptyOutDir: true } })
  } finally {
    process.env.NODE_ENV = NODE_ENV
  }
  return out
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
