import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { feedsOfBatch } from '../../src/infer/measure.ts'
import { joinPage } from '../../src/infer/providers/chromium/browser.ts'
import { graphForWasm } from '../../src/infer/providers/wasm-graph.ts'
import type { Session } from '../../src/infer/session.ts'
import { createNodeSession, loadModel, type ProviderName } from '../../src/node/providers.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel } from '../helpers/models.ts'
import { describeWith } from '../helpers/needs.ts'
import { descendants } from './processes.ts'

const bytes = await exportNoisePredictor(referenceModel)
const file = readModel(bytes)
const run = (session: Session, batch: number) => session.run(feedsOfBatch(file, batch), ['epsilon'])

const open: Session[] = []
const start = async (provider: ProviderName) => {
  const session = await createNodeSession(bytes, { provider })
  open.push(session)
  return session
}
afterEach(async () => {
  for (const session of open.splice(0)) await session.release()
})

/** The page that a provider's sessions are in; the sessions keep it open. */
async function pageOf(provider: ProviderName) {
  const { page, leave } = await joinPage(provider, 1)
  await leave()
  return page.page
}

function rawStatus(url: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { path }, (response) => resolve(response.resume().statusCode!)).on('error', reject)
  })
}

/** Ends a session's ground beneath a run, and expects it to fail in one line, the next session to work. */
async function survives(provider: ProviderName, end: () => Promise<unknown>, message: RegExp) {
  const session = await start(provider)
  await run(session, 1)
  const inFlight = run(session, 1000).then(
    () => 'ran',
    (error: Error) => error.message,
  )
  await end()
  expect(await inFlight).toMatch(new RegExp(`^ran$|${message.source}`))
  await expect(run(session, 1)).rejects.toThrow(message)
  await expect(run(session, 1)).rejects.toThrow(message)
  const next = await start(provider)
  expect((await run(next, 2)).epsilon).toHaveLength(4)
  await Promise.all([session.release(), session.release()])
  expect((await run(next, 3)).epsilon).toHaveLength(6)
}

describeWith('chromium', "a session in Chromium fails in one line, and doesn't hang, when", () => {
  it('the GPU is lost', async () => {
    await survives(
      'webgpu-browser',
      async () => (await pageOf('webgpu-browser')).evaluate('moonstepDevice.destroy()'),
      /^the GPU was lost \([^\n]*\): load the model again$/,
    )
  }, 60_000)

  it('the process of the GPU dies', async () => {
    await survives(
      'webgpu-browser',
      async () => {
        const gpu = descendants(process.pid).find(({ command }) => command.includes('--type=gpu-process'))
        process.kill(gpu!.pid, 'SIGKILL')
      },
      /^the GPU was lost \([^\n]*\): load the model again$/,
    )
  }, 60_000)

  it('the page is closed', async () => {
    await survives(
      'wasm-browser',
      async () => (await pageOf('wasm-browser')).close(),
      /^the page in Chromium ended: load the model again$/,
    )
  }, 60_000)

  it("the page's process crashes", async () => {
    await survives(
      'wasm-browser',
      async () => (await pageOf('wasm-browser')).goto('chrome://crash').catch(() => {}),
      /^the process of the page in Chromium ended: load the model again$/,
    )
  }, 60_000)

  it('Chromium dies', async () => {
    await survives(
      'wasm-browser',
      async () => {
        const browser = descendants(process.pid).find(({ command }) => /chrom/i.test(command))
        process.kill(browser!.pid, 'SIGKILL')
      },
      /^(Chromium|the page in Chromium) ended: load the model again$/,
    )
  }, 60_000)
})

describeWith('chromium', 'Chromium', () => {
  const running = () => descendants(process.pid).filter(({ command }) => /chrom/i.test(command))

  it('runs once for all sessions, and closes with the last one', async () => {
    expect(running()).toEqual([])
    const first = await start('wasm-browser')
    const mains = () => running().filter(({ command }) => !command.includes('--type='))
    const second = await start('wasm-browser')
    const count = mains().length
    expect(count).toBeGreaterThan(0)
    await first.release()
    await first.release()
    expect(mains()).toHaveLength(count)
    expect((await run(second, 1)).epsilon).toHaveLength(2)
    await second.release()
    expect(running()).toEqual([])
  }, 60_000)

  it('closes after a model that can’t be loaded', async () => {
    await expect(createNodeSession(new Uint8Array(9), { provider: 'wasm-browser' })).rejects.toThrow(
      /^provider wasm-browser can't run the model in Chromium: [^\n]+$/,
    )
    expect(running()).toEqual([])
  }, 60_000)

  it('draws 100,000 rows that are those of cpu to 1e-5', async () => {
    const [here, there] = [await start('cpu'), await start('wasm-browser')]
    const [expected, actual] = [await run(here, 100_000), await run(there, 100_000)]
    expect(maxAbsDifference(actual.epsilon!, expected.epsilon!)).toBeLessThanOrEqual(1e-5)
  }, 60_000)

  it('computes on the requested number of threads, by default on one', async () => {
    for (const [threads, expected] of [
      [undefined, 1],
      [2, 2],
    ] as const) {
      const model = await loadModel(bytes, { provider: 'wasm-browser', threads })
      expect(model.info.threads).toBe(expected)
      await model.dispose()
    }
  }, 60_000)

  it.each([
    [
      'isn’t there',
      { CHROMIUM_PATH: '/nowhere/chromium' },
      /Chromium \(\/nowhere\/chromium\) does not start: [^\n]+/,
    ],
    [
      'is another program',
      { CHROMIUM_PATH: '/bin/false' },
      /Chromium \(\/bin\/false\) does not start: [^\n]+/,
    ],
    [
      'isn’t on PATH',
      { CHROMIUM_PATH: '', PATH: '/nowhere' },
      /^the browser's providers need Chromium, [^\n]*apt-get/,
    ],
  ])(
    'that %s is reported in one line',
    async (_, env, message) => {
      const before = { ...process.env }
      Object.assign(process.env, env)
      try {
        await expect(createNodeSession(bytes, { provider: 'wasm-browser' })).rejects.toThrow(message)
      } finally {
        process.env.PATH = before.PATH
        if (before.CHROMIUM_PATH === undefined) delete process.env.CHROMIUM_PATH
        else process.env.CHROMIUM_PATH = before.CHROMIUM_PATH
      }
      expect((await run(await start('wasm-browser'), 1)).epsilon).toHaveLength(2)
    },
    60_000,
  )

  it('can load only the files that it needs', async () => {
    await start('wasm-browser')
    const page = await pageOf('wasm-browser')
    const { origin } = new URL(page.url())
    const statuses = await Promise.all(
      ['/', '/ort/', '/ort/../package.json', '/ort/..%2fpackage.json', '/ort/none.mjs', '/none/model'].map(
        async (path) => (await fetch(origin + path)).status,
      ),
    )
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404])
    // fetch tidies such a path, a program that means harm does not
    for (const path of ['/ort/../../package.json', '/ort/../package.json', '/ort/./../package.json'])
      expect(await rawStatus(`${origin}/`, path)).toBe(404)
    const model = await fetch(`${page.url()}model`)
    expect(Buffer.from(await model.arrayBuffer()).equals(Buffer.from(graphForWasm(bytes)))).toBe(true)
    expect(readFileSync('/proc/net/tcp', 'utf8')).toContain(
      // 127.0.0.1 as the kernel writes it, and the port
      `0100007F:${Number(new URL(origin).port).toString(16).toUpperCase().padStart(4, '0')}`,
    )
  }, 60_000)
})
