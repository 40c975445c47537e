import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { launchChromium, root, type Site } from '../helpers.ts'
import { type Sites, sampled, serveElement } from './site.ts'
import { busyWorkerThreads } from './threads.ts'

export const source = '../models/model.onnx'
export const threads = Math.min(4, availableParallelism())

/** What an element told of samples, or of an error. */
export interface Told {
  type: 'sample' | 'error'
  points: number[]
  info: { provider: string; adapter: string | null; threads: number }
  seed: number
  timesteps: number[]
  message: string
}
/** What is seen of an element. */
interface Look {
  text: string
  border: string
  label: string
  size: [number, number]
  inked: number
  ink: string
  background: string
}

/** Pages with elements in Chromium, for the tests of a suite; after each test there must be no fault. */
export function elementInChromium() {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-samples-'))
  let sites: Sites
  let browser: Browser
  let page: Page
  /** What no page may do: leave an error on the console, ask another origin. */
  let faults: string[] = []

  /** A new page, whose `page` the test's calls go to. */
  const open = async (
    path: string,
    site: Pick<Site, 'url'> = sites.plain,
    options: BrowserContextOptions = {},
  ) => {
    const context = await browser.newContext(options)
    page = await context.newPage()
    await page.addInitScript({ path: join(root, 'tests/web/element/watch.mjs') })
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
    page.on('request', (request) => {
      if (!request.url().startsWith(site.url) && !/^(data|blob):/.test(request.url()))
        faults.push(`request: ${request.url()}`)
    })
    await page.goto(`${site.url}${path}`)
  }
  const draw = (...list: object[]) =>
    page.evaluate<Told[]>(`draw(${list.map((each) => JSON.stringify(each)).join()})`)
  const looksOf = () => page.evaluate<Look[]>("[...document.querySelectorAll('moon-sampler')].map(look)")
  /** Of the page's first element. */
  const look = async () => (await looksOf())[0]!
  const afterwards = (change: string) =>
    page.evaluate<Told>(`(() => {
      const element = document.querySelector('moon-sampler')
      const told = next(element)
      ${change}
      return told
    })()`)
  const expectSamples = async (told: Told, count: number, seed: number) => {
    expect(told.message).toBeUndefined()
    expect(told.points).toHaveLength(2 * count)
    const expected = await sampled(folder, count, '--seed', String(seed), '--provider', 'simd')
    // our own kernels have the same bits everywhere
    const bound = told.info.provider === 'simd' ? 0 : 1e-4
    expect(maxAbsDifference(told.points, expected)).toBeLessThanOrEqual(bound)
  }

  /** In an isolated page, threads are started, and compute. */
  const expectThreads = async () => {
    const [told] = await draw({ src: source, count: 300, seed: 7, provider: 'wasm' })
    await expectSamples(told!, 300, 7)
    expect(told!.info.threads).toBeGreaterThanOrEqual(2)
    const busy = await busyWorkerThreads(browser, () => afterwards('element.count = 5000'))
    expect(busy).toBeGreaterThanOrEqual(2)
  }

  beforeAll(async () => {
    sites = await serveElement()
    browser = await launchChromium()
  }, 120_000)
  afterEach(async () => {
    await page.context().close()
    const found = faults
    faults = []
    expect(found).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    sites?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  return {
    get browser() {
      return browser
    },
    /** The page that was opened last. */
    get page() {
      return page
    },
    get sites() {
      return sites
    },
    /** A folder that ends with the suite. */
    folder,
    open,
    draw,
    looksOf,
    look,
    afterwards,
    expectSamples,
    expectThreads,
    /** Faults that a test means to cause. */
    forgive(of: RegExp) {
      faults = faults.filter((fault) => !of.test(fault))
    },
  }
}
