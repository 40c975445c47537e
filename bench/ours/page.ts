import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchChromium } from '../../src/chromium/browser.ts'
import type { Measure } from './worker.ts'

/** Shared memory, which threads need. */
const isolating = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

let opened: Promise<Page> | undefined

/** bench/page, built and opened in Chromium, which ends with this process. */
async function openPage(): Promise<Page> {
  // not for the other tasks: it would double the heap that they run with
  const { build, preview } = await import('vite')
  const outDir = mkdtempSync(join(tmpdir(), 'moonstep-bench-page-'))
  process.on('exit', () => rmSync(outDir, { recursive: true, force: true }))
  await build({
    configFile: false,
    root: 'bench/page',
    base: './',
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 },
    worker: { format: 'es' },
  })
  const server = await preview({
    configFile: false,
    root: outDir,
    logLevel: 'error',
    build: { outDir: '.' },
    preview: { port: 0, host: '127.0.0.1', headers: isolating },
  })
  const page = await (await launchChromium()).newPage()
  await page.goto(server.resolvedUrls!.local[0]!)
  await page.waitForFunction('globalThis.bench')
  return page
}

const measureInPage = async (call: string): Promise<Measure> => {
  opened ??= openPage()
  const page = await opened
  const measure = () => page.evaluate<number>(call)
  await measure()
  return measure
}

/** Seconds of a client's `sample` in Chromium, in the worker that `<moon-sampler>` has too, loading apart. */
export function samplingInPage(
  { model, count, runtime }: { model: string; count: number; runtime: 'simd' | 'wasm' },
  threads: number,
): Promise<Measure> {
  const bytes = readFileSync(model).toString('base64')
  return measureInPage(`bench.secondsOfSamples(
    Uint8Array.from(atob('${bytes}'), (char) => char.charCodeAt(0)), '${runtime}', ${threads}, ${count})`)
}

/** Seconds of an engine's step on one thread of the page. */
export function stepInPage({
  library,
  subject,
  steps,
}: {
  library: 'simd' | 'onnxruntime-web'
  subject: 'seed' | 'table'
  steps: number
}): Promise<Measure> {
  return measureInPage(`bench.secondsOfStep('${library}', '${subject}', ${steps})`)
}

/** Seconds of a step of `train` in a page, on all points of a CSV file by the post's recipe. */
export function trainingInPage(
  { data, steps }: { data: string; steps: number },
  threads: number,
): Promise<Measure> {
  const [, ...lines] = readFileSync(data, 'utf8').trim().split('\n')
  const points = lines.map((line) => line.split(',').map(Number))
  return measureInPage(`bench.secondsOfTraining(${JSON.stringify(points)}, ${threads}, ${steps})`)
}
