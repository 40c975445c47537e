import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build, type PreviewServer, preview } from 'vite'
import { findChromium } from '../../src/infer/providers/chromium/browser.ts'
import { median } from '../../src/measure/statistics.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import type { Group } from './group.ts'
import { budget, missingRow } from './row.ts'

const configFile = 'web/studio/vite.config.ts'
const patience = { timeout: 600_000 }

/** The studio in Chromium, from the drop of a file on. */
export const studioRows: Group = async ({ folder, rounds, log }) => {
  const path = findChromium()
  if (!path) return [missingRow('the studio', 'there is no Chromium')]
  const outDir = join(folder, 'studio')
  await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } })
  const args = ['--headless', '--no-sandbox']
  const browser = await chromium.launch({ executablePath: path, args })
  const [isolated, bare] = [await serve(outDir, true), await serve(outDir, false)]
  const penguins = join(folder, 'penguins.csv')
  writeFileSync(penguins, gunzipSync(readFileSync('bench/data/penguins.csv.gz')))
  const large = join(folder, 'large.csv')
  writeFileSync(large, largeTable())
  const adult = 'models/census/train.csv'
  try {
    const whole: number[] = []
    for (let round = 0; round < Math.min(3, rounds); round++) {
      log(`the studio: penguins, round ${round + 1}`)
      whole.push(await wholeWay(browser, isolated.url, penguins))
    }
    log('the studio: Adult, isolated')
    const two = await training(browser, isolated.url, adult)
    log('the studio: Adult, not isolated')
    const one = await training(browser, bare.url, adult)
    log('the studio: 100,000 rows')
    const wide = await memory(browser, isolated.url, large)
    return [
      budget('from dropping penguins to 1000 rows', median(whole), 's', 10),
      budget("training on Adult's 10,000 rows", two.seconds, 's', 90),
      budget("training on Adult's 10,000 rows, in a page that is not isolated", one.seconds, 's', null, 1),
      budget(
        'the longest task of the page while it trains on Adult (0: none over 50 ms)',
        two.longest,
        'ms',
        50,
      ),
      budget('reading 100,000 rows of 30 columns', wide.reading, 's', null),
      budget('the longest task of the page while it reads and trains on them', wide.longest, 'ms', 50),
      budget('memory while it trains on them, measured by the browser', wide.measured / 1e6, 'MB', 600),
      budget("peak memory of the page's process, including garbage", wide.process / 1e6, 'MB', null),
    ]
  } finally {
    await browser.close()
    await Promise.all([isolated.server.close(), bare.server.close()])
  }
}

async function serve(outDir: string, isIsolated: boolean): Promise<{ server: PreviewServer; url: string }> {
  const headers = isIsolated
    ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    : {}
  const server = await preview({
    configFile: false,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1', headers },
  })
  return { server, url: server.resolvedUrls!.local[0]! }
}

/** Opens the page in a fresh browser, which reports tasks of 50 ms and more. */
async function open(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.addInitScript(`globalThis.tasks = []
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })`)
  await page.goto(url)
  await page.getByText('It works without a network').waitFor(patience)
  await page.evaluate('tasks.length = 0')
  return page
}

const longest = (page: Page) => page.evaluate<number>('Math.max(0, ...tasks)')
const button = (page: Page, name: string) => page.getByRole('button', { name })

async function wholeWay(browser: Browser, url: string, file: string): Promise<number> {
  const page = await open(browser, url)
  const start = performance.now()
  await page.getByLabel('Table').setInputFiles(file)
  await button(page, 'Train').click(patience)
  await button(page, 'Generate rows').click(patience)
  await button(page, 'Download rows').waitFor(patience)
  const seconds = (performance.now() - start) / 1000
  await page.context().close()
  return seconds
}

async function training(browser: Browser, url: string, file: string) {
  const page = await open(browser, url)
  await page.getByLabel('Table').setInputFiles(file)
  const start = performance.now()
  await button(page, 'Train').click(patience)
  await button(page, 'Generate rows').waitFor(patience)
  const seconds = (performance.now() - start) / 1000
  const found = { seconds, longest: await longest(page) }
  await page.context().close()
  return found
}

async function memory(browser: Browser, url: string, file: string) {
  const page = await open(browser, url)
  let process = 0
  const watching = setInterval(() => {
    process = Math.max(process, largestRenderer())
  }, 200)
  const start = performance.now()
  await page.getByLabel('Table').setInputFiles(file)
  await button(page, 'Train').waitFor(patience)
  const reading = (performance.now() - start) / 1000
  await button(page, 'Train').click(patience)
  await page.getByText(/^step [1-9]/).waitFor(patience)
  await page.waitForTimeout(8000)
  const found = { reading, longest: await longest(page) }
  clearInterval(watching)
  // waits for the next garbage collection
  const { bytes } = await page.evaluate<{ bytes: number }>(
    'performance.measureUserAgentSpecificMemory().then(({ bytes }) => ({ bytes }))',
  )
  await page.context().close()
  return { ...found, measured: bytes, process }
}

/** The resident memory of the largest renderer process. */
function largestRenderer(): number {
  const sizes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) return 0
        return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
      } catch {
        // the process has ended meanwhile
        return 0
      }
    })
  return Math.max(...sizes)
}

/** 100,000 rows of 30 columns: correlated numbers, whole numbers, and names. */
function largeTable(): string {
  const [numbers, wholes, names] = [12, 10, 8]
  const head = [
    ...Array.from({ length: numbers }, (_, k) => `number${k}`),
    ...Array.from({ length: wholes }, (_, k) => `whole${k}`),
    ...Array.from({ length: names }, (_, k) => `name${k}`),
  ]
  const columns = head.length
  const [rows, atOnce] = [100_000, 1000]
  const lines = [head.join(',')]
  for (let start = 0; start < rows; start += atOnce) {
    const drawn = uniforms({ seed: 1, stream: streams.datasets, step: 0, start, count: atOnce, dim: columns })
    for (let i = 0; i < atOnce; i++) {
      const cell = (k: number) => drawn[i * columns + k]!
      const common = cell(0) + cell(1)
      lines.push(
        head
          .map((_, k) => {
            if (k < numbers) return (k * common + cell(k)).toFixed(3)
            if (k < numbers + wholes) return String(Math.floor(40 * common + 10 * cell(k)))
            return 'abcdefghij'[Math.floor((k - 18) * cell(k) * 0.8)]
          })
          .join(','),
      )
    }
  }
  return `${lines.join('\n')}\n`
}
