import { firefoxPath, type Need } from '../helpers/needs.ts'
import type { DrivenPage } from './element/driven-page.ts'
import { startFirefox } from './element/firefox.ts'
import { startWebKit } from './element/webkit.ts'
import { launchChromium } from './helpers.ts'

async function startChromium(): Promise<DrivenPage> {
  const browser = await launchChromium({ webgpu: false })
  const page = await browser.newPage()
  return {
    open: (url) => page.goto(url),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  }
}

/** The browsers that a page is driven in, each with what it needs. */
export const browsers: readonly { need: Need; start: () => Promise<DrivenPage> }[] = [
  { need: 'chromium', start: startChromium },
  { need: 'firefox', start: () => startFirefox(firefoxPath()!) },
  { need: 'webkit', start: startWebKit },
]

/** Kept once the page's script has run, which says so by `isReady`: WebKit's driver doesn't wait for modules. */
export const isReady =
  '(async () => { while (!globalThis.isReady) await new Promise((later) => setTimeout(later, 50)) })()'
