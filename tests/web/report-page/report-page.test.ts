import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { reportDatabase } from '../../../src/report/database/report.ts'
import { databaseReportPage } from '../../../src/report/page/database.ts'
import { reportPage } from '../../../src/report/page/page.ts'
import { describeWith } from '../../helpers/needs.ts'
import { databaseOf, samplesOf, shopOf } from '../../report/database/families.ts'
import {
  type Case,
  hostile,
  hostileCase,
  mixedCase,
  numbersCase,
  widened,
} from '../../report/page/reports.ts'
import { launchChromium, root, serveFolders } from '../helpers.ts'

const pageOf = ({ report, sources }: Case, title: string) => reportPage(report, sources, { title })

/** The page of two tables. */
async function pageOfTables(): Promise<string> {
  const sources = {
    samples: samplesOf(shopOf(0, 60)),
    against: databaseOf(shopOf(1000, 40)),
    train: databaseOf(shopOf(2000, 60)),
  }
  const report = await reportDatabase({ ...sources, maxDetection: 0.6, maxMembership: 0.6 })
  return databaseReportPage(report, sources, { title: 'Shop' })
}

/** What is read on a phone, on a desk and in the dark. */
const readers = [
  ['light', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
] as const

describeWith('chromium', 'the page of a report in Chromium', () => {
  let browser: Browser
  let folder: string
  let mixed: Case
  let numbers: Case
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'moonstep-report-'))
    browser = await launchChromium({ webgpu: false })
    mixed = await mixedCase()
    numbers = await numbersCase(3)
    writeFileSync(join(folder, 'mixed.html'), pageOf(mixed, 'Rooms'))
    writeFileSync(join(folder, 'hostile.html'), pageOf(await hostileCase(), hostile.column))
    writeFileSync(join(folder, 'tables.html'), await pageOfTables())
    writeFileSync(join(folder, 'wide.html'), pageOf(widened(numbers, 200), 'Wide'))
    // more than are drawn: the checker would look at those of 200 for half a minute
    writeFileSync(join(folder, 'checked.html'), pageOf(widened(numbers, 50), 'Wide'))
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Opens a page from a file, with what it asked for and complained of. */
  const open = async (name: string, options: BrowserContextOptions = {}) => {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const asked: string[] = []
    const faults: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('console', (message) => faults.push(message.text()))
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('dialog', (dialog) => faults.push(dialog.message()))
    await page.goto(`file://${join(folder, name)}`)
    return { page, asked, faults, close: () => context.close() }
  }

  it('asks for nothing, from a file or a server', async () => {
    const { asked, faults, close } = await open('mixed.html')
    expect(asked.filter((url) => !/^(file|data):/.test(url))).toEqual([])
    expect(asked.filter((url) => url.startsWith('file:')).length).toBe(1)
    expect(faults).toEqual([])
    await close()
    const site = await serveFolders({ '/': folder })
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${site.url}mixed.html`, { waitUntil: 'networkidle' })
    // not even for an icon
    expect(site.requests).toEqual(['/mixed.html'])
    await context.close()
    site.close()
  })

  it.each([false, true])(
    'runs nothing that a name says, whether its policy holds or not (%s)',
    async (bypassCSP) => {
      const { page, asked, faults, close } = await open('hostile.html', { bypassCSP })
      expect(await page.evaluate('globalThis.hit ?? null')).toBe(null)
      expect(
        await page.evaluate(
          'document.querySelectorAll("script:not(#report), img, [onload], [onerror]").length',
        ),
      ).toBe(0)
      expect(await page.textContent('h1')).toBe(hostile.column)
      expect(await page.textContent('.columns tbody tr:nth-child(2) th')).toBe(hostile.number)
      const titles = await page.locator('figure svg > title').allTextContents()
      expect(titles.some((title) => title.includes(hostile.column))).toBe(true)
      expect(asked.filter((url) => !/^(file|data):/.test(url))).toEqual([])
      expect(faults).toEqual([])
      await close()
    },
  )

  it('gives its report to whoever reads the element', async () => {
    const { page, close } = await open('mixed.html')
    expect(await page.evaluate('JSON.parse(document.getElementById("report").textContent)')).toEqual(
      mixed.report,
    )
    await close()
  })

  it.each(readers)('is accessible, in %s, and no wider than the screen', async (_, options) => {
    for (const name of ['mixed.html', 'checked.html', 'tables.html']) {
      // the checker is a script, which the page's policy forbids
      const { page, close } = await open(name, { ...options, bypassCSP: true })
      await page.addScriptTag({ path: join(root, 'node_modules/axe-core/axe.min.js') })
      const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        'axe.run()',
      )
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await close()
    }
  })

  it('draws figures in the colours of its scheme, and in light ones on paper', async () => {
    const colorsOf = async (options: BrowserContextOptions, media: 'screen' | 'print') => {
      const { page, close } = await open('mixed.html', options)
      await page.emulateMedia({ media })
      const colors = await page.evaluate<string[]>(`(() => {
        const style = (selector) => getComputedStyle(document.querySelector(selector))
        return [style('body').backgroundColor, style('.each figure svg > rect').fill, style('.each svg svg g:has(> rect)').fill]
      })()`)
      await close()
      return colors
    }
    const light = ['rgb(255, 255, 255)', 'rgb(255, 255, 255)', 'rgb(213, 94, 0)']
    expect(await colorsOf({ colorScheme: 'light' }, 'screen')).toEqual(light)
    expect(await colorsOf({ colorScheme: 'dark' }, 'screen')).toEqual([
      'rgb(20, 23, 28)',
      'rgb(20, 23, 28)',
      'rgb(230, 159, 0)',
    ])
    expect(await colorsOf({ colorScheme: 'dark' }, 'print')).toEqual(light)
  })

  it('prints on at most six pages, with nothing cut, also of 200 columns', async () => {
    for (const name of ['mixed.html', 'wide.html']) {
      // what A4 leaves between the margins, in pixels of 1/96 inch
      const sheet = { width: 695, height: 1031 }
      const { page, close } = await open(name, { viewport: sheet })
      await page.emulateMedia({ media: 'print' })
      const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('main *, header *')]
        .filter((element) => {
          const { right, width, height } = element.getBoundingClientRect()
          const isWhole = element.matches('figure, tr')
          return width > 0 && !element.closest('svg svg') && (right > ${sheet.width + 1} || (isWhole && height > ${sheet.height}))
        })
        .map((element) => element.outerHTML.slice(0, 100))`)
      expect(cut).toEqual([])
      const breaks = await page.evaluate<string[]>(
        `[...new Set([...document.querySelectorAll('figure, tr')].map((element) => getComputedStyle(element).breakInside))]`,
      )
      expect(breaks).toEqual(['avoid'])
      expect(await page.isVisible('nav')).toBe(false)
      const pdf = (await page.pdf({ preferCSSPageSize: true, format: 'A4' })).toString('latin1')
      const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0
      expect(pages).toBeGreaterThanOrEqual(3)
      expect(pages).toBeLessThanOrEqual(6)
      // the summary has the first to itself
      expect(await page.evaluate("getComputedStyle(document.querySelector('#quality')).breakBefore")).toBe(
        'page',
      )
      await close()
    }
  })

  it("is written in a page's worker, with the same bytes", async () => {
    const outDir = join(folder, 'built')
    const entry = join(root, 'tests/web/report-page/worker.ts')
    await build({
      configFile: false,
      logLevel: 'error',
      build: { outDir, lib: { entry, formats: ['es'], fileName: 'worker' } },
    })
    writeFileSync(join(outDir, 'index.html'), '<!doctype html>')
    const site = await serveFolders({ '/': outDir })
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(site.url)
    const text = await page.evaluate<string>(`new Promise((resolve, reject) => {
      const worker = new Worker('worker.js', { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage(${JSON.stringify([numbers.report, numbers.sources, { title: 'Numbers' }])})
    })`)
    expect(text === pageOf(numbers, 'Numbers')).toBe(true)
    await context.close()
    site.close()
  })
})
