import type { BrowserContext, Page } from 'playwright-core'
import { messageOf } from '../core/errors.ts'
import { Queue } from '../infer/session.ts'
import type { Exchange, PageServer } from './server.ts'

/** A page that holds sessions of one runtime. */
export interface RuntimePage {
  /** What its next call fetches and its last one posted. */
  readonly exchange: Exchange
  /** Calls of all its sessions wait their turn here: the runtime in it computes one at a time. */
  readonly queue: Queue
  /** Calls its program. Errors, one line: the program's own; the page or the browser is gone. */
  call(name: 'create' | 'run' | 'release', request: object): Promise<unknown>
  /** Whether it, or the GPU that it computed on, is gone. */
  isBroken(): Promise<boolean>
  /** Playwright's. */
  readonly page: Page
}

/** Opens a page with the program. */
export async function openRuntimePage(context: BrowserContext, server: PageServer): Promise<RuntimePage> {
  const exchange: Exchange = { model: new Uint8Array(), feeds: Buffer.alloc(0), results: Buffer.alloc(0) }
  const page = await context.newPage()
  let ended: string | undefined
  const end = (what: string) => () => {
    ended ??= `${what} ended: load the model again`
  }
  // out of memory, the system ends the page's process alone
  page.on('crash', end('the process of the page in Chromium'))
  page.on('close', end('the page in Chromium'))
  context.browser()!.on('disconnected', end('Chromium'))
  await page.goto(server.open(exchange), { waitUntil: 'load' })
  // a call that runs when the page ends fails by playwright's own doing
  const evaluate = async <R>(code: string): Promise<R> => {
    if (ended) throw new Error(ended)
    return page.evaluate<R>(code).catch((error) => {
      throw new Error(ended ?? firstLine(error))
    })
  }
  return {
    exchange,
    queue: new Queue(),
    page,
    call: (name, request) => evaluate(`moonstep.${name}(${JSON.stringify(request)})`),
    isBroken: () => evaluate<boolean>('moonstep.isLost()').catch(() => true),
  }
}

/** Playwright's messages begin with its own call and go on with a stack. */
function firstLine(error: unknown): string {
  return messageOf(error)
    .replace(/^page\.evaluate: (Error: )?/, '')
    .split('\n')[0]!
}
