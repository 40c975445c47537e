import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { InputError, messageOf } from '../core/errors.ts'
import { Queue } from '../infer/session.ts'
import { type Exchange, type PageServer, startServer } from './server.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Where Chromium is: CHROMIUM_PATH, else by the usual names on PATH; undefined if nowhere. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whether the machine has a GPU that Chromium could take; a WSL or another system than Linux may have one. */
export function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true
  const renders = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
  return renders || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg')
}

/**
 * Flags for WebGPU without a window. With a GPU they are Chrome's own for tests on a server
 * (developer.chrome.com/blog/supercharge-web-ai-testing); without one WebGPU computes on SwiftShader, on the
 * processor, and sessions say so as their adapter.
 */
export function chromiumFlags(gpu = mayHaveGpu()): string[] {
  const quiet = ['quic', 'background-networking', 'component-update', 'sync'].map(
    (name) => `--disable-${name}`,
  )
  const vulkan = ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
  const adapter = gpu ? (process.platform === 'linux' ? vulkan : []) : ['--use-webgpu-adapter=swiftshader']
  return ['--headless', '--no-first-run', ...quiet, '--enable-unsafe-webgpu', ...adapter]
}

/** Starts Chromium. Throws: playwright-core or Chromium is missing, or doesn't start. */
export async function launchChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core').catch((error) => {
    throw new InputError(
      `the browser's providers need playwright-core (${messageOf(error).split('\n')[0]}): run npm install playwright-core`,
      'not-available',
    )
  })
  const executablePath = findChromium()
  if (!executablePath)
    throw new InputError(
      "the browser's providers need Chromium, which is not on PATH: install it (sudo apt-get install chromium), " +
        'or name the program in CHROMIUM_PATH',
      'not-available',
    )
  return await chromium
    .launch({
      executablePath,
      args: chromiumFlags(),
      // whoever runs the command decides what a signal means; Chromium ends with the process in any case
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
    .catch((error) => {
      throw new InputError(
        `Chromium (${executablePath}) does not start: ${messageOf(error).split('\n')[0]}: ` +
          'name another in CHROMIUM_PATH',
        'not-available',
      )
    })
}

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
 * Throws: playwright-core or Chromium is missing, or doesn't start.
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
