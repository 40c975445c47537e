import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { sample } from '../../../src/infer/sample.ts'
import { loadModel } from '../../../src/node/providers.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { builtPages } from '../../helpers/fixtures.ts'
import { type BuiltSite, serveBuilt } from '../built-page.ts'
import { launchChromium, root } from '../helpers.ts'
import { openLesson, type Reader } from './driver.ts'

/** The post's model, whose ten timesteps are ten steps. */
export const seedModel = join(root, 'models/two-moons-seed')

/**
 * The built lesson in Chromium for the tests of a suite: `site` as it is, `isolated` in a folder. Readers that are opened
 * are closed after each test, which fails if a page asked anything of other origins or logged an error.
 */
export function lessonInChromium(launch: Parameters<typeof launchChromium>[0] = {}) {
  let browser: Browser
  let site: BuiltSite
  let isolated: BuiltSite
  const readers: Reader[] = []

  beforeAll(async () => {
    const { lesson } = await builtPages()
    browser = await launchChromium(launch)
    ;[site, isolated] = await Promise.all([
      serveBuilt(lesson),
      serveBuilt(lesson, { folder: '/some/folder/', isolated: true }),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    site?.close()
    isolated?.close()
  })
  afterEach(async () => {
    const opened = readers.splice(0)
    for (const { page } of opened) await page.close()
    expect(opened.flatMap(({ faults }) => faults)).toEqual([])
  })

  return {
    get site() {
      return site
    },
    get isolated() {
      return isolated
    },
    get browser() {
      return browser
    },
    /** A page that shows where a trajectory ends at once; of the post's model, unless the query names another. */
    async open(
      query = '',
      at = site,
      options: BrowserContextOptions = {},
      before?: (page: Page) => Promise<unknown>,
    ): Promise<Reader> {
      const asked = /\bmodel=/.test(query) ? query : `?model=two-moons-seed&${query.slice(1)}`
      const reader = await openLesson(
        browser,
        at.url + asked,
        { reducedMotion: 'reduce', ...options },
        before,
      )
      readers.push(reader)
      return reader
    },
  }
}

/** Expects the page's samples to be those of a run's model on Node's CPU. */
export async function expectSamples(reader: Reader, run: string, count: number, seed: number): Promise<void> {
  const model = await loadModel(join(run, 'model.onnx'))
  const { points } = await sample(model, { count, seed })
  await model.dispose()
  await reader.until('reverse-value', /t = 0$/)
  // what was shown stays until the new samples are there
  const difference = async () => maxAbsDifference(await reader.csv(), points.data)
  await expect.poll(difference).toBeLessThanOrEqual(1e-4)
}
