import { preview } from 'vite'

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Serves a built page; isolation gives it shared memory, which threads need. */
export async function serveFolder(outDir: string, isIsolated: boolean) {
  const options = { port: 0, host: '127.0.0.1', headers: isIsolated ? isolation : {} }
  const server = await preview({ configFile: false, logLevel: 'error', build: { outDir }, preview: options })
  return { close: () => server.close(), url: server.resolvedUrls!.local[0]! }
}
