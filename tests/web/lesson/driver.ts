import { readFileSync } from 'node:fs'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { parseCsv } from '../../../src/table/formats/csv.ts'
import { pointsOf } from '../../../src/table/table.ts'

/** A page of the lesson, and what a reader does with it. */
export interface Reader {
  readonly page: Page
  /** Console errors, uncaught errors and requests to elsewhere. */
  readonly faults: string[]
  text(id: string): Promise<string>
  /** Waits until the text of an element is as the pattern has it. */
  until(id: string, pattern: RegExp): Promise<string>
  /** Moves a range or writes into a field, as a reader does. */
  set(id: string, value: string | number): Promise<void>
  /** A canvas's pixels, for comparison. */
  pixels(id: string): Promise<string>
  /** The samples that the page gives as CSV. */
  csv(): Promise<Float64Array>
  /** Drops files on the page, or on an element of it. */
  drop(files: Readonly<Record<string, Uint8Array>>, selector?: string): Promise<void>
  /** The file that the page hands over when an element is clicked. */
  saved(id: string): Promise<{ readonly name: string; readonly bytes: Buffer }>
}

/** Opens the page at a URL. */
export async function openLesson(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  before: (page: Page) => Promise<unknown> = async () => {},
): Promise<Reader> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin)
      faults.push(`asked for ${request.url()}`)
  })
  await before(page)
  await page.goto(url)
  const text = async (id: string) => (await page.locator(`#${id}`).textContent()) ?? ''
  const saved = async (id: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#${id}`)])
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
  }
  return {
    page,
    faults,
    text,
    async until(id, pattern) {
      await page.waitForFunction(
        `${pattern}.test(document.getElementById(${JSON.stringify(id)}).textContent)`,
        undefined,
        { timeout: 30_000 },
      )
      return text(id)
    },
    async set(id, value) {
      const field = page.locator(`#${id}`)
      await field.fill(String(value))
      await field.blur()
    },
    async pixels(id) {
      await page.locator(`#${id}`).scrollIntoViewIfNeeded()
      // drawn in the frame after it comes into view
      await page.evaluate(
        'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
      )
      return page.evaluate<string>(`document.getElementById(${JSON.stringify(id)}).toDataURL()`)
    },
    saved,
    async csv() {
      const { bytes } = await saved('save-csv')
      return pointsOf(parseCsv(bytes.toString(), 'samples.csv')).data
    },
    async drop(files, selector = 'body') {
      const sent = Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])
      await page.evaluate(`(() => {
        const dataTransfer = new DataTransfer()
        for (const [name, text] of ${JSON.stringify(sent)})
          dataTransfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name))
        for (const type of ['dragover', 'drop'])
          document.querySelector(${JSON.stringify(selector)}).dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }))
      })()`)
    },
  }
}
