import type { Browser, BrowserContext } from 'playwright-core'
import { Queue } from '../infer/queue.ts'
import { launchChromium } from './chromium.ts'
import { openRuntimePage, type RuntimePage } from './runtime-page.ts'
import { type PageServer, startServer } from './server.ts'

/** A Chromium, the server of its pages, and these. */
export interface SharedBrowser {
  readonly browser: Browser
  readonly context: BrowserContext
  readonly server: PageServer
  readonly pages: Map<string, RuntimePage>
  users: number
}

/** The process's one, while it has users. */
let current: SharedBrowser | undefined
const turns = new Queue()

/**
 * The page that runs a runtime's sessions of so many threads, in the one Chromium of the process, which starts
 * with the first user. Each user calls `leave` in the end: Chromium closes after the last.
 * Errors: playwright-core or Chromium is missing, or doesn't start.
 */
export function joinPage(
  provider: string,
  threads: number,
): Promise<{ page: RuntimePage; version: string; leave: () => Promise<void> }> {
  return turns.run(async () => {
    // Chromium that just died is still said to be connected: then once more
    for (let attempt = 0; ; attempt++) {
      // one that died leaves its sessions to fail; the next get another
      if (!current?.browser.isConnected()) current = await start()
      const shared = current
      shared.users++
      try {
        const page = await pageOf(shared, `${provider} ${threads}`)
        const version = shared.browser.version()
        return { page, version, leave: () => turns.run(() => leave(shared)) }
      } catch (error) {
        await leave(shared)
        if (attempt > 0 || shared.browser.isConnected()) throw error
      }
    }
  })
}

async function pageOf({ pages, context, server }: SharedBrowser, key: string): Promise<RuntimePage> {
  const known = pages.get(key)
  if (known && !(await known.isBroken())) return known
  const page = await openRuntimePage(context, server)
  pages.set(key, page)
  return page
}

async function start(): Promise<SharedBrowser> {
  const browser = await launchChromium()
  const context = await browser.newContext()
  return { browser, context, server: await startServer(), pages: new Map(), users: 0 }
}

async function leave(shared: SharedBrowser): Promise<void> {
  shared.users--
  if (shared.users > 0) return
  if (current === shared) current = undefined
  shared.server.close()
  await shared.browser.close()
}
