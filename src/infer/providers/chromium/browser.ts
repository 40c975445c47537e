import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { InputError, messageOf } from '../../../core/errors.ts'
import { encodeElements, type ValueInfo, valuesOf } from '../../elements.ts'
import { Queue, type Session, type SessionInfo } from '../../session.ts'
import { graphForWasm } from '../wasm-graph.ts'
import { type Exchange, type PageServer, startServer } from './server.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Finds Chromium: CHROMIUM_PATH, else the usual names on PATH. Returns undefined if there is none. */
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

/** Whether the machine may have a GPU that Chromium can use; assumes so on WSL and on systems other than Linux. */
export function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true
  const renders = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
  return renders || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg')
}

/**
 * Returns flags for WebGPU without a window. With a GPU, they are Chrome's own for tests on a server
 * (developer.chrome.com/blog/supercharge-web-ai-testing). Without one, WebGPU runs on SwiftShader, on the CPU, and
 * sessions report it as their adapter.
 */
function chromiumFlags(gpu = mayHaveGpu()): string[] {
  const quiet = ['quic', 'background-networking', 'component-update', 'sync'].map(
    (name) => `--disable-${name}`,
  )
  const vulkan = ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
  const adapter = gpu ? (process.platform === 'linux' ? vulkan : []) : ['--use-webgpu-adapter=swiftshader']
  return ['--headless', '--no-first-run', ...quiet, '--enable-unsafe-webgpu', ...adapter]
}

export async function launchChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core').catch((error) => {
    const problem = `the browser's providers need playwright-core (${messageOf(error).split('\n')[0]}): run npm install playwright-core`
    throw new InputError(problem, 'not-available')
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
      // the calling program decides what a signal means; Chromium ends with the process in any case
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

type SharedBrowser = Awaited<ReturnType<typeof start>>
type RuntimePage = Awaited<ReturnType<typeof openRuntimePage>>

/** The process's browser, while it has users. */
let current: SharedBrowser | undefined
const turns = new Queue()

/** The page of a provider and its threads, in the process's one Chromium, which closes after the last `leave`. */
export function joinPage(provider: string, threads: number) {
  return turns.run(async () => {
    // retry once: a Chromium that just crashed may still report that it is connected
    for (let attempt = 0; ; attempt++) {
      // sessions of a crashed browser fail; later ones get a new browser
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
  const open = pages.get(key)
  if (open && !(await open.isBroken())) return open
  const page = await openRuntimePage(context, server)
  pages.set(key, page)
  return page
}

async function start() {
  const browser = await launchChromium()
  const context = await browser.newContext()
  const pages = new Map<string, RuntimePage>()
  return { browser, context, server: await startServer(), pages, users: 0 }
}

async function leave(shared: SharedBrowser): Promise<void> {
  shared.users--
  if (shared.users > 0) return
  if (current === shared) current = undefined
  shared.server.close()
  await shared.browser.close()
}

async function openRuntimePage(context: BrowserContext, server: PageServer) {
  // what the page fetches in its next call, and what it posted in the last
  const exchange: Exchange = { model: new Uint8Array(), feeds: Buffer.alloc(0), results: Buffer.alloc(0) }
  const page = await context.newPage()
  let ended: string | undefined
  const end = (subject: string) => () => {
    ended ??= `${subject} ended: load the model again`
  }
  // when memory runs out, the system ends only the page's process
  page.on('crash', end('the process of the page in Chromium'))
  page.on('close', end('the page in Chromium'))
  context.browser()!.on('disconnected', end('Chromium'))
  await page.goto(server.open(exchange), { waitUntil: 'load' })
  // if the page ends during a call, Playwright rejects the call
  const evaluate = async <R>(code: string): Promise<R> => {
    if (ended) throw new Error(ended)
    return page.evaluate<R>(code).catch((error) => {
      throw new Error(ended ?? firstLine(error))
    })
  }
  return {
    exchange,
    /** Serialises the calls of all sessions, because the runtime computes one at a time. */
    queue: new Queue(),
    page,
    /** Calls the page's program. Throws its error in one line, also if the page or the browser has ended. */
    call: (name: 'create' | 'run' | 'release', request: object) =>
      evaluate<unknown>(`moonstep.${name}(${JSON.stringify(request)})`),
    /** Whether the page, or the GPU that it used, is lost. */
    isBroken: () => evaluate<boolean>('moonstep.isLost()').catch(() => true),
  }
}

/** Playwright's messages start with the call and end with a stack. */
function firstLine(error: unknown): string {
  return messageOf(error)
    .replace(/^page\.evaluate: (Error: )?/, '')
    .split('\n')[0]!
}

const runtimes = { webgpu: 'ort.webgpu.min.mjs', wasm: 'ort.wasm.min.mjs' }

export interface BrowserOptions {
  /** The provider's name in Moonstep. */
  readonly name: string
  /** The provider's name in onnxruntime-web. */
  readonly provider: keyof typeof runtimes
  readonly threads?: number | undefined
  readonly isForeign?: boolean | undefined
}

let sessions = 0

/** A session in a headless Chromium, which all sessions of the process share; by default of one thread, as in a page. */
export async function createBrowserSession(
  bytes: Uint8Array,
  { name, provider, threads = 1, isForeign = false }: BrowserOptions,
): Promise<Session> {
  const { page, version, leave } = await joinPage(name, threads)
  const { exchange, queue, call } = page
  const id = sessions++
  const { inputs, outputs, ...facts } = await queue
    .run(async () => {
      exchange.model = provider === 'wasm' && !isForeign ? graphForWasm(bytes) : bytes
      return (await call('create', {
        id,
        runtime: runtimes[provider],
        provider,
        threads,
        isForeign,
      })) as Facts
    })
    .catch(async (error) => {
      await leave()
      const problem = `provider ${name} can't run the model in Chromium: ${messageOf(error)}`
      throw new InputError(problem, 'not-available')
    })
  return {
    ...facts,
    provider: name,
    runtime: `onnxruntime-web ${facts.onnxruntime} in Chromium ${version}`,
    tf32: null,
    inputs: valuesOf(inputs),
    outputs: valuesOf(outputs),
    run: (feeds, outputs) =>
      queue.run(async () => {
        // binary, because JSON would take five times as long for 100,000 rows
        const inputs = Object.entries(feeds)
        const parts = inputs.map(([, { data, type = 'float32' }]) => bytesOf(encodeElements(type, data)))
        exchange.feeds = Buffer.concat(parts)
        const list = inputs.map(([name, { dims, type }], k) => ({ name, dims, type, size: parts[k]!.length }))
        const lengths = (await call('run', { id, list, outputs })) as number[]
        return split(exchange.results, outputs, lengths)
      }),
    async release() {
      // if the page is gone, so is the session
      await queue.run(() => call('release', { id })).catch(() => {})
      await leave()
    },
  }
}

type Facts = Pick<SessionInfo, 'adapter' | 'onnxruntime' | 'threads'> &
  Readonly<Record<'inputs' | 'outputs', readonly ValueInfo[]>>

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function split(bytes: Buffer, names: readonly string[], lengths: readonly number[]) {
  // a Buffer may start at any offset, a Float32Array only at a multiple of four
  const floats = new Float32Array(Uint8Array.from(bytes).buffer)
  let end = 0
  return Object.fromEntries(
    names.map((name, k) => {
      end += lengths[k]!
      return [name, floats.slice(end - lengths[k]!, end)]
    }),
  )
}
