/** page.js: measures in Chromium, in a build of bench/page that ends with this process. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { launchChromium } from '../../src/infer/providers/chromium/browser.ts'
import { answerLines } from '../pool/answer.ts'
import { Missing } from '../pool/protocol.ts'
import { hasPagePeers, pagePeers } from '../pool/python.ts'
import { serveFolder } from './serve-folder.ts'

/** The peers' packages are in a separate folder; the project's TensorFlow engine runs on the WASM backend. */
const packages = ['@jax-js/jax', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-core']
const alias = packages.map((find) => ({ find, replacement: resolve(pagePeers, 'node_modules', find) }))
const backend = {
  name: 'tensorflow-wasm',
  enforce: 'pre',
  resolveId: (source: string, importer = '') =>
    source === './backend.ts' && importer.endsWith('/tfjs/engine.ts')
      ? resolve('bench/page/peers/tensorflow.mjs')
      : undefined,
} as const

async function openPage(isIsolated: boolean): Promise<Page> {
  const outDir = mkdtempSync(join(tmpdir(), 'moonstep-bench-page-'))
  process.on('exit', () => rmSync(outDir, { recursive: true, force: true }))
  const options = { outDir, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 } as const
  await build({
    configFile: false,
    logLevel: 'error',
    root: 'bench/page',
    base: './',
    plugins: [backend],
    resolve: { alias },
    build: { ...options, rolldownOptions: hasPagePeers() ? {} : { external: /page-peers/ } },
    worker: { format: 'es' },
  })
  const { url } = await serveFolder(outDir, isIsolated)
  const page = await (await launchChromium()).newPage()
  await page.goto(url)
  await page.waitForFunction('globalThis.measure')
  return page
}

let opened: Promise<Page> | undefined

await answerLines(async ({ data, model, ...request }, threads) => {
  const isPeer = request.library === 'jax-js' || request.library === 'tfjs'
  if (isPeer && !hasPagePeers()) throw new Missing('run npm run bench -- --peers')
  // a page has no files
  const csv = typeof data === 'string' ? readFileSync(data, 'utf8') : undefined
  const bytes = typeof model === 'string' ? readFileSync(model, 'base64') : undefined
  opened ??= openPage(threads > 1)
  const page = await opened
  const call = `measure(${JSON.stringify({ ...request, csv, model: bytes, threads })})`
  const measure = () => page.evaluate<number>(call)
  await measure()
  return measure
})
