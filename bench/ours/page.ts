/** page.js: measures in Chromium, which opens a build of bench/page and exits with this process. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { build, preview } from 'vite'
import { launchChromium } from '../../src/infer/providers/chromium/browser.ts'
import { answerLines } from '../pool/answer.ts'
import { Missing } from '../pool/protocol.ts'
import { hasPagePeers, pagePeers } from '../pool/python.ts'

/** Enables shared memory, which threads need. */
const isolating = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/** The peer libraries, as installed by `installPagePeers`. */
const peers = {
  name: 'peers',
  enforce: 'pre',
  resolveId(source: string, importer = '') {
    if (source === 'virtual:peers') return `\0${source}`
    // the project's TensorFlow engine, on the WASM backend
    if (source === './backend.ts' && importer.endsWith('/tfjs/engine.ts'))
      return resolve('bench/page/peers/tensorflow.mjs')
    return undefined
  },
  load(id: string) {
    if (id !== '\0virtual:peers') return undefined
    return hasPagePeers()
      ? `export { peers } from ${JSON.stringify(resolve('bench/page/peers/peers.mjs'))}`
      : 'export const peers = undefined'
  },
} as const

/** The peers' packages, which are in a separate folder. */
const alias = ['@jax-js/jax', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-core'].map((find) => ({
  find,
  replacement: resolve(pagePeers, 'node_modules', find),
}))

let opened: Promise<Page> | undefined

async function openPage(isIsolated: boolean): Promise<Page> {
  const outDir = mkdtempSync(join(tmpdir(), 'moonstep-bench-page-'))
  process.on('exit', () => rmSync(outDir, { recursive: true, force: true }))
  const shared = { configFile: false, logLevel: 'error' } as const
  await build({
    ...shared,
    root: 'bench/page',
    base: './',
    plugins: [peers],
    resolve: { alias },
    build: { outDir, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 },
    worker: { format: 'es' },
  })
  const options = { port: 0, host: '127.0.0.1', ...(isIsolated && { headers: isolating }) }
  const server = await preview({ ...shared, root: outDir, build: { outDir: '.' }, preview: options })
  const page = await (await launchChromium()).newPage()
  await page.goto(server.resolvedUrls!.local[0]!)
  await page.waitForFunction('globalThis.measure')
  return page
}

await answerLines(async ({ data, model, ...request }, threads) => {
  const { library } = request as { library?: string }
  if ((library === 'jax-js' || library === 'tfjs') && !hasPagePeers())
    throw new Missing('run npm run bench -- --peers')
  // a page has no files
  const files = {
    ...(typeof data === 'string' && { csv: readFileSync(data, 'utf8') }),
    ...(typeof model === 'string' && { model: readFileSync(model, 'base64') }),
  }
  opened ??= openPage(threads > 1)
  const page = await opened
  const call = `measure(${JSON.stringify({ ...request, ...files, threads })})`
  const measure = () => page.evaluate<number>(call)
  await measure()
  return measure
})
