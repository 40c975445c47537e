import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createServer } from 'vite'
import { expect, it } from 'vitest'
import { describeWith } from '../../helpers/needs.ts'
import { root } from '../helpers.ts'
import { elementInChromium, source, threads } from './drawn-element.ts'

describeWith('chromium', 'what computes <moon-sampler>, of the packed package,', () => {
  const chromium = elementInChromium()
  const { open, draw, look, afterwards, expectSamples, expectThreads } = chromium

  it('draws what `moonstep sample` draws, two at once, without a bundler', async () => {
    await open('bare/bare.html')
    const [a, b] = await draw({ src: source, count: 300, seed: 7 }, { src: source, count: 500, seed: 8 })
    await expectSamples(a!, 300, 7)
    await expectSamples(b!, 500, 8)
    expect(a!.info).toMatchObject({ provider: 'simd', threads })
    expect(chromium.page.workers()).toHaveLength(2)
    expect(chromium.sites.plain.requests.filter((request) => /ort-|onnxruntime/.test(request))).toEqual([])
  })

  it('brings the first samples with 97 KB of code, compressed', async () => {
    chromium.sites.plain.requests.length = 0
    await open('bare/bare.html')
    await draw({ src: source, count: 20, seed: 7 })
    const scripts = [...new Set(chromium.sites.plain.requests)].filter((path) => path.endsWith('.js'))
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
      root: chromium.sites.project,
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
    await open('bare/bare.html', chromium.sites.isolated)
    await expectThreads()
  })

  it('computes on WebGPU, and goes over to simd when the GPU is lost', async () => {
    await open('bundled/bundled.html')
    const [told] = await draw({ src: source, count: 50, seed: 7, provider: 'webgpu' })
    await expectSamples(told!, 50, 7)
    expect(told!.info).toMatchObject({ provider: 'webgpu' })
    expect(told!.info.adapter).toMatch(/swiftshader/i)
    const after = afterwards('element.seed = 8')
    const cdp = await chromium.browser.newBrowserCDPSession()
    // in the middle of the process, or soon after: Chromium's answer is that its GPU process is gone
    await cdp.send('Browser.crashGpuProcess').catch(() => {})
    const drawn = await after
    await expectSamples(drawn, 50, 8)
    await chromium.page.waitForFunction(
      "document.querySelector('moon-sampler').told.filter(({ type }) => type === 'load').length === 2",
    )
    const loads = await chromium.page.evaluate<
      { info: { provider: string }; webgpuGivenUp: string | null }[]
    >(
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

  it('finds all files of every provider next to it and in onnxruntime-web/, without a bundler', async () => {
    await open('bare/bare.html')
    const found = await chromium.page.evaluate(`(async () => {
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

  it('chooses simd for auto where WebGPU runs in software, and explains a wrong attribute', async () => {
    chromium.sites.plain.requests.length = 0
    await open('bare/bare.html')
    const [told] = await draw({ src: source, provider: 'auto', count: 20, seed: 7 })
    await expectSamples(told!, 20, 7)
    expect(told!.info.provider).toBe('simd')
    const reason = await chromium.page.evaluate(
      "document.querySelector('moon-sampler').told[0].detail.webgpuGivenUp",
    )
    expect(reason).toMatch(/^WebGPU computes on the processor here \(.*swiftshader/)
    expect(chromium.sites.plain.requests.filter((request) => /webgpu|asyncify/.test(request))).toEqual([])

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

  it('is a class in moonstep/web, which registers nothing, next to the client', async () => {
    await open('bundled/web.html', chromium.sites.isolated)
    expect(await chromium.page.evaluate('registered')).toBe(false)
    await expectThreads()
    const reason = await chromium.page.evaluate(`(async () => {
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
      await open('bundled/web.html', chromium.sites[site])
      const drawn = await chromium.page.evaluate<[boolean, number, number]>(`(async () => {
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
      expect(chromium.page.workers()).toHaveLength(3)
      await chromium.page.evaluate('client.dispose()')
      await expect.poll(() => chromium.page.workers().length).toBe(0)
    },
  )
})
