import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { InputError } from '../../src/core/errors.ts'
import { launchChromium } from '../../src/infer/providers/chromium/browser.ts'
import { pagePeers } from '../peers.ts'
import type { Measure } from './worker.ts'

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
      return resolve('bench/peers/page/tensorflow.mjs')
    return undefined
  },
  load(id: string) {
    if (id !== '\0virtual:peers') return undefined
    return existsSync(join(pagePeers, 'node_modules'))
      ? `export { peers } from ${JSON.stringify(resolve('bench/peers/page/peers.mjs'))}`
      : 'export const peers = undefined'
  },
} as const

/** The peers' packages, which are in a separate folder. */
const alias = ['@jax-js/jax', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-core'].map((find) => ({
  find,
  replacement: resolve(pagePeers, 'node_modules', find),
}))

let opened: Promise<Page> | undefined

/** Opens a build of bench/page in Chromium, which exits with this process; isolation lets libraries use threads. */
async function openPage(isIsolated: boolean): Promise<Page> {
  // loaded only here, since it would double the heap of the other tasks
  const { build, preview } = await import('vite')
  const outDir = mkdtempSync(join(tmpdir(), 'moonstep-bench-page-'))
  process.on('exit', () => rmSync(outDir, { recursive: true, force: true }))
  await build({
    configFile: false,
    root: 'bench/page',
    base: './',
    logLevel: 'error',
    plugins: [peers],
    resolve: { alias },
    build: { outDir, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 },
    worker: { format: 'es' },
  })
  const server = await preview({
    configFile: false,
    root: outDir,
    logLevel: 'error',
    build: { outDir: '.' },
    preview: { port: 0, host: '127.0.0.1', ...(isIsolated && { headers: isolating }) },
  })
  const page = await (await launchChromium()).newPage()
  await page.goto(server.resolvedUrls!.local[0]!)
  await page.waitForFunction('globalThis.bench')
  return page
}

function requirePagePeers(): void {
  if (!existsSync(join(pagePeers, 'node_modules')))
    throw new InputError('run npm run bench -- --peers', 'not-available')
}

const measureInPage = async (call: string, threads: number): Promise<Measure> => {
  opened ??= openPage(threads > 1)
  const page = await opened
  const measure = () => page.evaluate<number>(call)
  await measure()
  return measure
}

/** Seconds of a client's `sample` in Chromium, in the same worker as in `<moon-sampler>`, without loading. */
export function samplingInPage(
  { model, count, runtime }: { model: string; count: number; runtime: 'simd' | 'wasm' },
  threads: number,
): Promise<Measure> {
  const bytes = readFileSync(model).toString('base64')
  return measureInPage(
    `bench.secondsOfSamples(
    Uint8Array.from(atob('${bytes}'), (char) => char.charCodeAt(0)), '${runtime}', ${threads}, ${count})`,
    threads,
  )
}

/** Seconds of a training step in the page; for ours on several threads, of `train`, which runs them in a worker. */
export async function stepInPage(
  { library, subject, steps, data }: { library: string; subject: string; steps: number; data: string },
  threads: number,
): Promise<Measure> {
  if (library !== 'simd' && library !== 'onnxruntime-web') requirePagePeers()
  if (library === 'simd' && threads > 1) return trainingInPage({ data, steps: 10 * steps }, threads)
  return measureInPage(`bench.secondsOfStep('${library}', '${subject}', ${threads}, ${steps})`, threads)
}

/** Seconds from dropping a CSV file on a page to a thousand samples of the post's quality. */
export function csvInPage({ data }: { data: string }, threads: number): Promise<Measure> {
  const text = JSON.stringify(readFileSync(data, 'utf8'))
  return measureInPage(`bench.secondsFromCsv(${text}, ${threads})`, threads)
}

/** Seconds of a step of `train` in a page, on all points of a CSV file by the post's recipe. */
export function trainingInPage(
  { data, steps }: { data: string; steps: number },
  threads: number,
): Promise<Measure> {
  const [, ...lines] = readFileSync(data, 'utf8').trim().split('\n')
  const points = lines.map((line) => line.split(',').map(Number))
  return measureInPage(`bench.secondsOfTraining(${JSON.stringify(points)}, ${threads}, ${steps})`, threads)
}
