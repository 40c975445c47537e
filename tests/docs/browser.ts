import { setTimeout } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { launchChromium, type Site, serveFolders } from '../web/helpers.ts'

export interface OpenedPage {
  /** What the page shows, once that is `wanted`, or after ten seconds. */
  text(wanted: string): Promise<string>
  close(): Promise<void>
}

let browser: Promise<Browser> | undefined

/**
 * Opens a page of a folder in Chromium and waits for the samples of each <moon-sampler> in it. Throws: an element that
 * has other than `count` finite samples; whatever the page leaves on the console or asks of another server.
 */
export async function openPage(folder: string, path: string): Promise<OpenedPage> {
  const site = await serveFolders({ '/': folder })
  browser ??= launchChromium({ webgpu: false })
  const page = await (await browser).newPage()
  const faults = watch(page, site)
  await page.goto(`${site.url}${path}`)
  const drawn = await page.evaluate<string[]>(`Promise.all(
    [...document.querySelectorAll('moon-sampler')].map(async (element) => {
      await customElements.whenDefined('moon-sampler')
      const { points } = await element.sample()
      const isRight = points.count === element.count && points.data.every(Number.isFinite)
      return isRight ? 'drawn' : 'samples of <moon-sampler> are missing'
    }),
  )`)
  faults.push(...drawn.filter((each) => each !== 'drawn'))
  if (faults.length > 0) throw new Error(`${path}: ${faults.join('; ')}`)
  return {
    async text(wanted) {
      for (let tries = 0; tries < 100; tries++) {
        const shown = await page.evaluate<string>('document.body.innerText')
        if (shown.trim() === wanted.trim() || tries === 99) return shown
        await setTimeout(100)
      }
      throw new Error('never here')
    },
    async close() {
      await page.close()
      site.close()
      if (faults.length > 0) throw new Error(`${path}: ${faults.join('; ')}`)
    },
  }
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}

function watch(page: Page, site: Site): string[] {
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.url))
      faults.push(`it asks for ${request.url()}`)
  })
  return faults
}
