import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createServer } from 'vite'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { describeWith } from '../../helpers/needs.ts'
import { launchChromium, root, type Site } from '../helpers.ts'
import { type Sites, sampled, serveElement } from './site.ts'
import { busyWorkerThreads } from './threads.ts'

const source = '../models/model.onnx'
const threads = Math.min(4, availableParallelism())

interface Told {
  type: 'sample' | 'error'
  points: number[]
  info: { provider: string; adapter: string | null; threads: number }
  seed: number
  timesteps: number[]
  message: string
}
interface Look {
  text: string
  border: string
  label: string
  size: [number, number]
  inked: number
  ink: string
  background: string
}

describeWith('chromium', '<moon-sampler> of the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-samples-'))
  let sites: Sites
  let browser: Browser
  let page: Page
  /** What no page may do: leave an error on the console, ask another origin. */
  let faults: string[] = []

  /** A new page, whose `page` the test's calls go to. */
  const open = async (
    path: string,
    site: Pick<Site, 'url'> = sites.plain,
    options: BrowserContextOptions = {},
  ) => {
    const context = await browser.newContext(options)
    page = await context.newPage()
    await page.addInitScript({ path: join(root, 'tests/web/element/watch.mjs') })
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
    page.on('request', (request) => {
      if (!request.url().startsWith(site.url) && !/^(data|blob):/.test(request.url()))
        faults.push(`request: ${request.url()}`)
    })
    await page.goto(`${site.url}${path}`)
  }
  const draw = (...list: object[]) =>
    page.evaluate<Told[]>(`draw(${list.map((each) => JSON.stringify(each)).join()})`)
  const looksOf = () => page.evaluate<Look[]>("[...document.querySelectorAll('moon-sampler')].map(look)")
  /** Of the page's first element. */
  const look = async () => (await looksOf())[0]!
  const afterwards = (change: string) =>
    page.evaluate<Told>(`(() => {
      const element = document.querySelector('moon-sampler')
      const told = next(element)
      ${change}
      return told
    })()`)
  const expectSamples = async (told: Told, count: number, seed: number) => {
    expect(told.message).toBeUndefined()
    expect(told.points).toHaveLength(2 * count)
    const expected = await sampled(folder, count, '--seed', String(seed), '--provider', 'simd')
    // our own kernels have the same bits everywhere
    const bound = told.info.provider === 'simd' ? 0 : 1e-4
    expect(maxAbsDifference(told.points, expected)).toBeLessThanOrEqual(bound)
  }

  /** In an isolated page, threads are started, and compute. */
  const expectThreads = async () => {
    const [told] = await draw({ src: source, count: 300, seed: 7, provider: 'wasm' })
    await expectSamples(told!, 300, 7)
    expect(told!.info.threads).toBeGreaterThanOrEqual(2)
    const busy = await busyWorkerThreads(browser, () => afterwards('element.count = 5000'))
    expect(busy).toBeGreaterThanOrEqual(2)
  }

  beforeAll(async () => {
    sites = await serveElement()
    browser = await launchChromium()
  }, 120_000)
  afterEach(async () => {
    await page.context().close()
    const found = faults
    faults = []
    expect(found).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    sites?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('draws what `moonstep sample` draws, two at once, without a bundler', async () => {
    await open('bare/bare.html')
    const [a, b] = await draw({ src: source, count: 300, seed: 7 }, { src: source, count: 500, seed: 8 })
    await expectSamples(a!, 300, 7)
    await expectSamples(b!, 500, 8)
    expect(a!.info).toMatchObject({ provider: 'simd', threads })
    expect(page.workers()).toHaveLength(2)
    expect(sites.plain.requests.filter((request) => /ort-|onnxruntime/.test(request))).toEqual([])
  })

  it('brings the first samples with 97 KB of code, compressed', async () => {
    sites.plain.requests.length = 0
    await open('bare/bare.html')
    await draw({ src: source, count: 20, seed: 7 })
    const scripts = [...new Set(sites.plain.requests)].filter((path) => path.endsWith('.js'))
    const served = scripts.map((path) => readFileSync(join(root, 'dist/element', basename(path))))
    expect(scripts.length).toBeGreaterThanOrEqual(2)
    const compressed = served.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0)
    expect(compressed).toBeLessThanOrEqual(97_000)
  })

  it('computes on onnxruntime’s WASM where that is named', async () => {
    await open('bare/bare.html')
    const [told] = await draw({ src: source, count: 300, seed: 7, provider: 'wasm' })
    await expectSamples(told!, 300, 7)
    expect(told!.info).toMatchObject({ provider: 'wasm', threads: 1 })
  })

  it('computes on onnxruntime’s WASM on Vite’s dev server', async () => {
    const server = await createServer({
      configFile: false,
      root: sites.project,
      publicDir: join(root, 'models/two-moons-seed'),
      logLevel: 'error',
      // the other packages are links out of it
      server: { host: '127.0.0.1', port: 0, hmr: false, fs: { strict: false } },
    })
    try {
      await server.listen()
      await open('bundled.html', { url: server.resolvedUrls!.local[0]! })
      const [told] = await draw({ src: '/model.onnx', count: 300, seed: 7, provider: 'wasm' })
      await expectSamples(told!, 300, 7)
      expect(told!.info).toMatchObject({ provider: 'wasm' })
    } finally {
      await server.close()
    }
  }, 120_000)

  it('computes on two threads of onnxruntime, isolated', async () => {
    await open('bare/bare.html', sites.isolated)
    await expectThreads()
  })

  it('computes on WebGPU, and goes over to simd when the GPU is lost', async () => {
    await open('bundled/bundled.html')
    const [told] = await draw({ src: source, count: 50, seed: 7, provider: 'webgpu' })
    await expectSamples(told!, 50, 7)
    expect(told!.info).toMatchObject({ provider: 'webgpu' })
    expect(told!.info.adapter).toMatch(/swiftshader/i)
    const after = afterwards('element.seed = 8')
    const cdp = await browser.newBrowserCDPSession()
    // in the middle of the process, or soon after: Chromium's answer is that its GPU process is gone
    await cdp.send('Browser.crashGpuProcess').catch(() => {})
    const drawn = await after
    await expectSamples(drawn, 50, 8)
    await page.waitForFunction(
      "document.querySelector('moon-sampler').told.filter(({ type }) => type === 'load').length === 2",
    )
    const loads = await page.evaluate<{ info: { provider: string }; webgpuGivenUp: string | null }[]>(
      "document.querySelector('moon-sampler').told.flatMap(({ type, detail }) => type === 'load' ? [detail] : [])",
    )
    expect(loads.map(({ info }) => info.provider)).toEqual(['webgpu', 'simd'])
    expect(loads.map(({ webgpuGivenUp }) => webgpuGivenUp)).toEqual([
      null,
      expect.stringMatching(/^the GPU was lost/),
    ])
    expect((await look()).text).toMatch(/^Samples come from the processor now: the GPU was lost \([^\n]+\)/)
    await expectSamples(await afterwards('element.seed = 7'), 50, 7)
  }, 120_000)

  it('finds all files of every provider beside it and in onnxruntime-web/, without a bundler', async () => {
    await open('bare/bare.html')
    const found = await page.evaluate(`(async () => {
      const started = []
      globalThis.Worker = class { constructor(url) { started.push(String(url)) } }
      const { workerRuntimes } = await import('../moonstep/runtimes.js')
      const { onnxruntimeWorkers } = await import('../moonstep/onnxruntime-workers.js')
      const files = Object.values({ ...workerRuntimes, ...onnxruntimeWorkers }).flatMap(({ start, wasmPaths }) => {
        start()
        return Object.values(wasmPaths ?? {})
      })
      const answers = [...started, ...files].map((url) => fetch(url, { method: 'HEAD' }))
      return (await Promise.all(answers)).map(({ url, status }) => url.split('/moonstep/')[1] + ' ' + status)
    })()`)
    expect(found).toEqual([
      'simd-worker.js 200',
      'training-worker.js 200',
      'report-worker.js 200',
      'report-page-worker.js 200',
      'ort-wasm-worker.js 200',
      'ort-webgpu-worker.js 200',
      'onnxruntime-web/ort-wasm-simd-threaded.mjs 200',
      'onnxruntime-web/ort-wasm-simd-threaded.wasm 200',
      'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs 200',
      'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm 200',
    ])
  })

  it('explains what is wrong with a model, and accepts the next one', async () => {
    await open('bare/bare.html')
    const wrong: [string, RegExp][] = [
      ['none.onnx', /^cannot fetch \S+none\.onnx: the server answered 404: give the URL of a model/],
      ['truncated.onnx', /^\S+truncated\.onnx is no ONNX file/],
      ['newer.onnx', /^\S+newer\.onnx: its model card has format 99.*: update moonstep$/],
      ['zeros.onnx', /^\S+zeros\.onnx is no ONNX file/],
      [
        'pets.onnx',
        /^\S+pets\.onnx is the model of a table \(8 columns\): this element draws points; sample it with createSamplingClient, or moonstep sample$/,
      ],
    ]
    const told = await draw(...wrong.map(([file]) => ({ src: `../models/${file}`, count: 20, seed: 7 })))
    const looks = await looksOf()
    const types = await page.evaluate<string[][]>(
      "[...document.querySelectorAll('moon-sampler')].map(({ told }) => told.map(({ type }) => type))",
    )
    for (const [i, [, message]] of wrong.entries()) {
      expect(types[i]).toEqual(['error'])
      expect(looks[i]!.inked).toBe(0)
      expect(told[i]!.type).toBe('error')
      expect(told[i]!.message).toMatch(message)
      expect(looks[i]!.text).toBe(told[i]!.message)
      expect(looks[i]!.border).toBe('2px')
      expect(looks[i]!.label).toContain(`No samples: ${told[i]!.message}`)
    }
    await expectSamples(await afterwards(`element.src = '${source}'`), 20, 7)
    expect((await looksOf())[0]).toMatchObject({ text: '', border: '0px' })
    // the browser itself says so of an answer of 404
    faults = faults.filter((fault) => !/404/.test(fault))
  })

  it('chooses simd for auto where WebGPU runs in software, and explains a wrong attribute', async () => {
    sites.plain.requests.length = 0
    await open('bare/bare.html')
    const [told] = await draw({ src: source, provider: 'auto', count: 20, seed: 7 })
    await expectSamples(told!, 20, 7)
    expect(told!.info.provider).toBe('simd')
    const reason = await page.evaluate("document.querySelector('moon-sampler').told[0].detail.webgpuGivenUp")
    expect(reason).toMatch(/^WebGPU computes on the processor here \(.*swiftshader/)
    expect(sites.plain.requests.filter((request) => /webgpu|asyncify/.test(request))).toEqual([])

    const wrong: [string, string, string, RegExp][] = [
      ['count', 'many', '20', /^count is many: give a whole number$/],
      ['count', '0', '20', /^count is 0: give a whole number from 1 /],
      ['seed', '-1', '7', /^seed is -1: give a whole number$/],
      ['num-steps', '11', '10', /^numSteps is 11: give a whole number from 1 to 10$/],
      [
        'sampler',
        'dpm',
        'ddpm',
        /^unknown sampler dpm.*: choose from ddpm, ddim, dpmsolver\+\+, sde-dpmsolver\+\+, heun$/,
      ],
      ['src', '', source, /^src is missing: give the URL of a model\.onnx$/],
    ]
    for (const [name, value, right, message] of wrong) {
      const refused = await afterwards(`element.setAttribute('${name}', '${value}')`)
      expect(refused.message).toMatch(message)
      expect((await look()).text).toBe(refused.message)
      await expectSamples(await afterwards(`element.setAttribute('${name}', '${right}')`), 20, 7)
      expect((await look()).text).toBe('')
    }
    const refused = await afterwards("element.provider = 'cuda'")
    expect(refused.message).toMatch(/^unknown provider cuda: choose from simd, wasm, webgpu, auto$/)
  })

  it('samples once for all properties of a task, and hands the samples out', async () => {
    await open('bundled/bundled.html')
    const [told] = await draw({ src: source, count: 20, seed: 7 })
    await expectSamples(told!, 20, 7)
    expect(told!.info).toMatchObject({ provider: 'simd', threads })
    const [points, seconds, types] = await page.evaluate<[number[], number, string[]]>(`(async () => {
      const element = document.querySelector('moon-sampler')
      element.told.length = 0
      element.setAttribute('count', 'in passing')
      Object.assign(element, { count: 40, seed: 3, sampler: 'ddim', numSteps: 5 })
      const { points, seconds } = await element.sample()
      await new Promise((resolve) => setTimeout(resolve, 100))
      return [[...points.data], seconds, element.told.map(({ type }) => type)]
    })()`)
    const expected = await sampled(folder, 40, '--seed', '3', '--sampler', 'ddim', '--num-steps', '5')
    expect(maxAbsDifference(points, expected)).toBeLessThanOrEqual(1e-4)
    expect(seconds).toBeGreaterThan(0)
    expect(types).toEqual([...new Array(6).fill('step'), 'sample'])
  })

  it('ends its worker when it leaves the page, and works again when it is back', async () => {
    await open('bare/bare.html')
    await draw({ src: source, count: 20, seed: 7 })
    expect(page.workers()).toHaveLength(1)
    const moved = await page.evaluate<number>(`(async () => {
      const element = document.querySelector('moon-sampler')
      document.body.append(element)
      await element.sample()
      return element.told.filter(({ type }) => type === 'load').length
    })()`)
    expect(moved).toBe(1)
    await page.evaluate("globalThis.element = document.querySelector('moon-sampler'); element.remove()")
    await expect.poll(() => page.workers().length).toBe(0)
    const refused = await page.evaluate('element.sample().catch(({ message }) => message)')
    expect(refused).toMatch(/^the element is in no page/)
    const back = await page.evaluate<Told>(
      "(() => { const told = next(element); document.querySelector('main').append(element); return told })()",
    )
    await expectSamples(back, 20, 7)
  })

  it('paints every step, or with reduced motion the samples alone', async () => {
    const pictures = async (options: BrowserContextOptions) => {
      await open('bare/bare.html', sites.plain, options)
      await page.evaluate('globalThis.keepsPictures = true')
      await draw({ src: source, count: 200, seed: 7 })
      const told = await page.evaluate<{ type: string; picture: string; t: number }[]>(
        "document.querySelector('moon-sampler').told.map(({ type, picture, detail }) => ({ type, picture, t: detail.t }))",
      )
      await page.context().close()
      expect(told.flatMap(({ type, t }) => (type === 'step' ? [t] : []))).toEqual([
        10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
      ])
      // an event comes before its own picture is painted: at 'sample' the last one is
      return told.filter(({ type }) => type !== 'load').map(({ picture }) => picture)
    }
    const moving = await pictures({})
    expect(new Set(moving).size).toBe(12)
    const still = await pictures({ reducedMotion: 'reduce' })
    expect(new Set(still.slice(0, -1)).size).toBe(1)
    expect(still.at(-1)).toBe(moving.at(-1))
    await open('bare/bare.html')
  })

  it('has the size and the colours that CSS gives it, takes the next seed by keyboard, and axe finds nothing', async () => {
    await open('bare/bare.html', sites.plain, { deviceScaleFactor: 2, colorScheme: 'dark' })
    await draw({ src: source, count: 200, seed: 6 })
    const dark = await look()
    expect(dark.size).toEqual([480, 480])
    await page.emulateMedia({ colorScheme: 'light' })
    await page.addStyleTag({ content: 'moon-sampler { inline-size: 320px; block-size: 100px }' })
    await page.waitForFunction(
      "document.querySelector('moon-sampler').shadowRoot.querySelector('canvas').width === 640",
    )
    const light = await look()
    expect(light.size).toEqual([640, 200])
    expect(light.inked).toBeGreaterThan(200)
    expect(light.ink).not.toBe(dark.ink)
    expect(light.background).not.toBe(dark.background)
    const style = await page.addStyleTag({
      content:
        'moon-sampler { --moon-sampler-points: rgb(1, 2, 3); --moon-sampler-background: rgb(4, 5, 6) }',
    })
    expect(await look()).toMatchObject({ ink: 'rgb(1, 2, 3)', background: 'rgb(4, 5, 6)' })
    await style.evaluate((node) => (node as Element).remove())

    await page.keyboard.press('Tab')
    const told = afterwards('')
    await page.keyboard.press('Enter')
    await expectSamples(await told, 200, 7)
    expect((await look()).label).toMatch(
      /^200 samples of two-moons, x from left to right, y upwards, drawn by ddpm in 10 steps, seed 7\. Press Enter/,
    )
    await draw({ src: '../models/truncated.onnx' })
    await page.evaluate(axe.source)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const violations = await page.evaluate<{ id: string }[]>(
        'axe.run().then(({ violations }) => violations)',
      )
      expect(violations).toEqual([])
    }
  })

  it('is a class in moonstep/web, which registers nothing, beside the client', async () => {
    await open('bundled/web.html', sites.isolated)
    expect(await page.evaluate('registered')).toBe(false)
    await expectThreads()
    const reason = await page.evaluate(`(async () => {
      const client = createSamplingClient()
      await client.load('${source}')
      const controller = new AbortController()
      const onStep = ({ step }) => step === 3 && controller.abort(new Error('enough'))
      const reason = await client.sample({ count: 10, signal: controller.signal, onStep }).catch(({ message }) => message)
      const { points } = await client.sample({ count: 3 })
      client.dispose()
      return [reason, points.count, await client.sample({ count: 3 }).catch(({ message }) => message)]
    })()`)
    expect(reason).toEqual(['enough', 3, expect.stringMatching(/^no model is loaded/)])
  })

  it.each(['plain', 'isolated'] as const)(
    'has a client whose large draws go to threads, in a page that is %s',
    async (site) => {
      await open('bundled/web.html', sites[site])
      const drawn = await page.evaluate<[boolean, number, number]>(`(async () => {
      const draws = []
      let client
      for (const threads of [1, 2]) {
        client?.dispose()
        client = createSamplingClient()
        await client.load('${source}', { threads })
        draws.push((await client.sample({ count: 50_000, seed: 7 })).x_0.data)
      }
      globalThis.client = client
      return [draws[0].every((x, i) => Object.is(x, draws[1][i])), draws[1].length]
    })()`)
      expect(drawn).toEqual([true, 100_000])
      expect(page.workers()).toHaveLength(3)
      await page.evaluate('client.dispose()')
      await expect.poll(() => page.workers().length).toBe(0)
    },
  )

  it('does not use more memory after 500 samplings', async () => {
    await open('bare/bare.html', sites.plain, { reducedMotion: 'reduce' })
    // one step: what could stay of a sampling is the same
    await draw({ src: source, count: 1000, 'num-steps': 1 })
    const cdp = await page.context().newCDPSession(page)
    const heap = async () => {
      await cdp.send('HeapProfiler.collectGarbage')
      const { usedSize, backingStorageSize } = await cdp.send('Runtime.getHeapUsage')
      return (usedSize + backingStorageSize) / 1e6
    }
    const repeat = (times: number) =>
      page.evaluate(`(async () => {
        const element = document.querySelector('moon-sampler')
        for (let i = 0; i < ${times}; i++) {
          await element.sample()
          element.told.length = 0
        }
      })()`)
    await repeat(50)
    const before = await heap()
    await repeat(450)
    // samples that stayed would be 7 MB
    expect((await heap()) - before).toBeLessThan(2)
  }, 120_000)
})
