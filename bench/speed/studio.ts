import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { findChromium } from '../../src/infer/providers/chromium/browser.ts'
import { median } from '../../src/measure/statistics.ts'
import { type Setting, seedsOf } from '../group.ts'
import { serveFolder } from '../ours/serve-folder.ts'
import { figure, max, missingRow, type Row } from '../row.ts'
import { dataOf, wideRows, write } from './processes.ts'

const patience = { timeout: 600_000 }

/** The studio in Chromium, from the drop of a file on. */
export async function studio({ folder, log, ...setting }: Setting): Promise<Row[]> {
  const executablePath = findChromium()
  if (!executablePath) return [missingRow('the studio', 'there is no Chromium')]
  const outDir = join(folder, 'studio')
  const options = { outDir, emptyOutDir: true }
  await build({ configFile: 'web/studio/vite.config.ts', logLevel: 'error', build: options })
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox'] })
  const [isolated, bare] = [await serveFolder(outDir, true), await serveFolder(outDir, false)]
  const [penguins, adult] = [join(folder, 'penguins.csv'), 'models/census/train.csv']
  writeFileSync(penguins, dataOf('penguins'))
  const large = await write(join(folder, 'wide.csv'), wideRows(100_000, 3))
  try {
    const whole: number[] = []
    for (const round of seedsOf(setting, 3)) {
      log(`the studio: penguins, round ${round + 1}`)
      whole.push(await inPage(browser, isolated.url, (page) => wholeWay(page, penguins)))
    }
    log('the studio: Adult, isolated')
    const two = await inPage(browser, isolated.url, (page) => training(page, adult))
    log('the studio: Adult, not isolated')
    const one = await inPage(browser, bare.url, (page) => training(page, adult))
    log('the studio: 100,000 rows')
    const wide = await inPage(browser, isolated.url, (page) => memory(page, large))
    const adults = "training on Adult's 10,000 rows"
    const longest = 'the longest task of the page while it'
    return [
      figure('from dropping penguins to 1000 rows', median(whole), 's', max(10)),
      figure(adults, two.seconds, 's', max(90)),
      { ...figure(`${adults}, in a page that is not isolated`, one.seconds, 's'), threads: 1 },
      figure(`${longest} trains on Adult (0: none over 50 ms)`, two.longest, 'ms', max(50)),
      figure('reading 100,000 rows of 30 columns', wide.reading, 's'),
      figure(`${longest} reads and trains on them`, wide.longest, 'ms', max(50)),
      figure('memory while it trains on them, measured by the browser', wide.bytes / 1e6, 'MB', max(600)),
      figure("peak memory of the page's process, including garbage", wide.process / 1e6, 'MB'),
    ]
  } finally {
    await browser.close()
    await Promise.all([isolated.close(), bare.close()])
  }
}

/** Uses the page in a fresh browser, which reports tasks of 50 ms and more. */
async function inPage<T>(browser: Browser, url: string, use: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.addInitScript(`globalThis.tasks = []
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })`)
  await page.goto(url)
  await page.getByText('It works without a network').waitFor(patience)
  await page.evaluate('tasks.length = 0')
  try {
    return await use(page)
  } finally {
    await context.close()
  }
}

const longestTask = (page: Page) => page.evaluate<number>('Math.max(0, ...tasks)')
const button = (page: Page, name: string) => page.getByRole('button', { name })
const drop = (page: Page, file: string) => page.getByLabel('Table').setInputFiles(file)
const secondsSince = (start: number) => (performance.now() - start) / 1000

async function wholeWay(page: Page, file: string): Promise<number> {
  const start = performance.now()
  await drop(page, file)
  for (const name of ['Train', 'Generate rows']) await button(page, name).click(patience)
  await button(page, 'Download rows').waitFor(patience)
  return secondsSince(start)
}

async function training(page: Page, file: string) {
  await drop(page, file)
  const start = performance.now()
  await button(page, 'Train').click(patience)
  await button(page, 'Generate rows').waitFor(patience)
  return { seconds: secondsSince(start), longest: await longestTask(page) }
}

async function memory(page: Page, file: string) {
  let process = 0
  const watching = setInterval(() => {
    process = Math.max(process, largestRenderer())
  }, 200)
  const start = performance.now()
  await drop(page, file)
  await button(page, 'Train').waitFor(patience)
  const reading = secondsSince(start)
  await button(page, 'Train').click(patience)
  await page.getByText(/^step [1-9]/).waitFor(patience)
  await page.waitForTimeout(8000)
  clearInterval(watching)
  const longest = await longestTask(page)
  // waits for the next garbage collection
  const bytes = await page.evaluate<number>(
    'performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)',
  )
  return { reading, longest, bytes, process }
}

/** The resident memory of the largest renderer process. */
function largestRenderer(): number {
  const sizes = readdirSync('/proc').map((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) return 0
      return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    } catch {
      // it is no process, or has ended meanwhile
      return 0
    }
  })
  return Math.max(...sizes)
}
