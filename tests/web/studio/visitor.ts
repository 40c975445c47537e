import { readFileSync } from 'node:fs'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** Training of a small table takes seconds; a machine that is busy takes longer. */
const patience = { timeout: 300_000 }

/** A page of the studio, and what someone does with it who knows the names on it. */
export interface Visitor {
  readonly page: Page
  /** Console errors and warnings, uncaught errors, and requests that went to the network after the page was loaded. */
  readonly faults: string[]
  /** What stands in the status region. */
  status(): Promise<string>
  /** Chooses a table's file, and waits until its columns are shown. */
  choose(file: string): Promise<void>
  /** Chooses a file of this name and content, and gives the sentence that refuses it. */
  refusal(name: string, content: Uint8Array): Promise<string>
  /** Goes to a step of the page by its button. */
  go(step: 'Data' | 'Train' | 'Rows' | 'Report' | 'Take along'): Promise<void>
  /** Trains, and goes on to the rows. */
  train(): Promise<void>
  generate(rows: number, seed: number): Promise<void>
  /** The file that a button hands over. */
  saved(button: string): Promise<{ readonly name: string; readonly bytes: Buffer }>
  /** What a script finds that someone could not read, reach or tell apart. */
  axe(): Promise<string[]>
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ acceptDownloads: true, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(url)
  await page.getByText('It works without a network from now on').waitFor(patience)
  page.on('requestfinished', async (request) => {
    if (/^(blob|data):|^about:srcdoc/.test(request.url())) return
    // what the service worker has stored does not go to the network; a page that is closed by now gives no answers
    const answer = await request.response().catch((error) => {
      if (!page.isClosed()) throw error
      return undefined
    })
    if (answer !== undefined && !answer?.fromServiceWorker()) faults.push(`asked for ${request.url()}`)
  })
  page.on('requestfailed', (request) => {
    // the driver ends with the page's next load what a worker asked for that was ended before it had its script
    const isEnded = request.url().startsWith('blob:') && request.failure()?.errorText === 'net::ERR_ABORTED'
    if (!isEnded) faults.push(`asked in vain for ${request.url()}`)
  })
  const button = (name: string) => page.getByRole('button', { name })
  const chosen = () => page.getByLabel('Table')
  return {
    page,
    faults,
    status: async () => (await page.getByRole('status').textContent()) ?? '',
    async choose(file) {
      await chosen().setInputFiles(file)
      await button('Next: train').waitFor(patience)
    },
    async refusal(name, content) {
      await chosen().setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
      const said = page.getByRole('alert').getByText(name).first()
      await said.waitFor(patience)
      return (await said.textContent()) ?? ''
    },
    async go(step) {
      await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: step }).click()
    },
    async train() {
      await button('Next: train').click()
      await button('Start training').click()
      await button('Next: rows').click(patience)
    },
    async generate(rows, seed) {
      await page.locator('#count').fill(String(rows))
      await page.getByLabel('Seed').fill(String(seed))
      await button('Generate rows').click()
      await page.getByText(`generated in`).waitFor(patience)
    },
    async saved(name) {
      const [download] = await Promise.all([page.waitForEvent('download', patience), button(name).click()])
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
    },
    axe: () => violations((expression) => page.evaluate(expression)),
  }
}

/** What axe finds in a page; the page's policy lets no script of others in, but the driver's own way has no such limit. */
export async function violations(evaluate: (expression: string) => Promise<unknown>): Promise<string[]> {
  const found = (await evaluate(
    `(() => { ${axe.source}; return globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'], iframes: false }) })()`,
  )) as axe.AxeResults
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))
}

/** Lets a page's file input take a file in a browser that is driven by expressions alone. */
export function fileChosen(label: string, name: string, base64: string): string {
  return filesChosen(label, { [name]: base64 })
}

/** The same for several files, by their names. */
export function filesChosen(label: string, files: Readonly<Record<string, string>>): string {
  return `(() => {
    const input = document.getElementById([...document.querySelectorAll('label')].find((each) => each.textContent === ${JSON.stringify(label)}).htmlFor)
    const transfer = new DataTransfer()
    for (const [name, base64] of Object.entries(${JSON.stringify(files)}))
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name))
    input.files = transfer.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
  })()`
}
