import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { impute } from '../../src/infer/impute.ts'
import type { SampleOptions } from '../../src/infer/model.ts'
import { sample } from '../../src/infer/sample.ts'
import { loadModel, type ProviderName } from '../../src/node/providers.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import type { Table } from '../../src/table/table.ts'
import { describeWith } from '../helpers/needs.ts'
import { petModel } from '../helpers/tables.ts'
import { launchChromium, root, type Site, serveFolders } from './helpers.ts'

const models = join(root, 'models/two-moons-seed')

interface Drawn {
  points: number[]
  x_0: number[]
  provider: string
  adapter: string | null
  onnxruntime: string | null
  threads: number
}

interface Rows extends ReturnType<typeof rowsOf> {
  x_0: number[]
  steps?: number[]
}

/** As page/page.mjs has them. */
const rowsOf = (table: Table) => ({
  kinds: table.columns.map(({ kind }) => kind),
  types: table.columns.map(({ cells }) => cells.constructor.name),
  cells: table.columns.map(({ cells }) => [...cells]),
  rows: toRows(table),
})

describeWith('chromium', 'moonstep/web in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-page-'))
  const [out, tables] = [join(folder, 'page'), join(folder, 'tables')]
  let site: Site
  let browser: Browser
  let page: Page
  const call = <R>(name: string, request: object): Promise<R> =>
    page.evaluate(`${name}(${JSON.stringify(request)})`)

  beforeAll(async () => {
    if (!existsSync(join(root, 'dist/browser/index.js')))
      throw new Error('dist/browser/index.js is missing: npm run build')
    await build({
      configFile: false,
      root: join(root, 'tests/web/page'),
      logLevel: 'error',
      build: { outDir: out, emptyOutDir: true, minify: false, target: 'esnext' },
    })
    const pets = petModel()
    mkdirSync(tables)
    writeFileSync(join(tables, 'model.onnx'), await exportNoisePredictor(pets))
    writeFileSync(join(tables, 'sampler.onnx'), await exportSampler(pets))
    site = await serveFolders({
      '/models/': models,
      '/tables/': tables,
      '/ort/': join(root, 'node_modules/onnxruntime-web/dist'),
      '/': out,
    })
    browser = await launchChromium()
    page = await browser.newPage()
    await page.goto(site.url)
  })

  afterAll(async () => {
    await browser?.close()
    site?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(
    ['simd', 'wasm', 'webgpu'].flatMap((provider) => [
      [provider, 'model.onnx'] as const,
      [provider, 'sampler.onnx'] as const,
    ]),
  )('on %s %s gives the samples of Node’s CPU, to 1e-4', async (provider, file) => {
    const options = { count: 200, seed: 7, chunkSize: 150 }
    const model = await loadModel(join(models, file))
    const expected = await sample(model, options)
    await model.dispose()
    const source = { url: `models/${file}` }
    const drawn = await call<Drawn>('draw', { source, load: { provider }, options })
    expect(maxAbsDifference(drawn.x_0, expected.x_0.data)).toBeLessThanOrEqual(1e-4)
    expect(maxAbsDifference(drawn.points, expected.points.data)).toBeLessThanOrEqual(2e-4)
    expect(drawn.provider).toBe(provider)
    expect(drawn.threads).toBe(1)
    if (provider === 'simd') expect(drawn.onnxruntime).toBeNull()
    else expect(drawn.onnxruntime).toMatch(/^1\.\d+\.\d+/)
    if (provider === 'webgpu') expect(drawn.adapter).toMatch(/swiftshader/i)
    else expect(drawn.adapter).toBeNull()
  })

  const expectedRows = async (
    file: string,
    provider: ProviderName,
    options: SampleOptions,
  ): Promise<Rows> => {
    const model = await loadModel(join(tables, file), { provider })
    const { table, x_0 } = await sample(model, options)
    await model.dispose()
    return { ...rowsOf(table), x_0: [...x_0.data] }
  }

  it.each([
    ['model.onnx', {}, 'wasm'],
    ['sampler.onnx', { given: { tame: true }, complete: true }, 'wasm'],
    ['model.onnx', {}],
    ['sampler.onnx', {}],
    ['model.onnx', { given: { kind: 'cat', weight: 12.345678901234, price: null } }],
    ['sampler.onnx', { given: { tame: true }, complete: true }],
    ['model.onnx', { complete: true, from: 1000 }],
  ] as const)(
    'samples a table by %s %o, here and in a worker, to the bits of the same provider in Node',
    async (file, known, provider: 'simd' | 'wasm' = 'simd') => {
      const options = { count: 60, seed: 7, chunkSize: 25, ...known }
      const expected = await expectedRows(file, provider, options)
      expect(new Set(expected.types)).toEqual(new Set(['Float64Array']))
      const request = {
        url: `tables/${file}`,
        options,
        ...(provider === 'simd' ? {} : { load: { provider } }),
      }
      expect(await call('rows.sample', request)).toEqual(expected)
      expect(await call('rows.sampleStream', request)).toEqual(expected)
      const { steps, ...rows } = await call<Rows>('rows.client', request)
      expect(rows).toEqual(expected)
      // of model.onnx every state, x_T first, in the model's dimensions; of a sampler.onnx the end
      expect(steps).toEqual(new Array(file === 'model.onnx' ? 7 : 1).fill(expected.x_0.length / 60))
    },
  )

  it("has a table's points when they are read, with one warning, here and from a worker", async () => {
    const options = { count: 60, seed: 7 }
    const { cells } = await expectedRows('model.onnx', 'simd', options)
    const data = Array.from({ length: 60 }, (_, i) => cells.map((column) => Math.fround(column[i]!))).flat()
    const points = [data, 60, cells.length]
    expect(await call('tablePoints', { url: 'tables/model.onnx', options })).toEqual({
      copied: [false, false],
      before: 0,
      points: [points, points],
      warnings: [expect.stringMatching(/^points of a table is deprecated [^\n]*$/)],
    })
  })

  it('refuses unknown columns and values in one line, here and in a worker', async () => {
    const request = { url: 'tables/model.onnx', options: { count: 1, given: { knid: 'cat' } } }
    for (const way of ['sample', 'client'])
      expect(await page.evaluate(`rowsRefusal('${way}', ${JSON.stringify(request)})`)).toEqual({
        message: expect.stringMatching(/^unknown column knid \(did you mean kind\?\): choose from [^\n]*$/),
        isInputError: true,
      })
  })

  it('fills the gaps of rows as Node does', async () => {
    const rows = [
      {
        kind: 'cat',
        weight: null,
        legs: 4,
        born: '2012-03-04',
        tame: 'yes',
        planet: 'Earth',
        price: 12.5,
        id: 0,
      },
      { kind: null, weight: 3.25, legs: null, born: null, tame: null, planet: null, price: null, id: 1 },
    ]
    const model = await loadModel(join(tables, 'model.onnx'), { provider: 'simd' })
    const expected = await impute(model, rows, { seed: 3, draws: 2 })
    await model.dispose()
    expect(expected.columns.some(({ cells }) => cells.some(Number.isNaN))).toBe(false)
    const request = { url: 'tables/model.onnx', rows, options: { seed: 3, draws: 2 } }
    expect(await call('rows.impute', request)).toEqual(rowsOf(expected))
  })

  it('computes on simd by default, from bytes or a Blob', async () => {
    const [bytes, blob] = await Promise.all(
      ['Uint8Array', 'Blob'].map((as) =>
        call<Drawn>('draw', { source: { bytes: 'models/model.onnx', as }, options: { count: 5 } }),
      ),
    )
    expect(bytes).toEqual(blob)
    expect(bytes!.provider).toBe('simd')
  })

  it('computes a large draw on threads, to the same bits, in a page that shares no memory', async () => {
    const other = await browser.newPage()
    await other.goto(site.url)
    const request = { url: 'models/model.onnx', count: 50_000 }
    const drawn = await other.evaluate(`onThreads(${JSON.stringify(request)})`)
    expect(drawn).toEqual({ started: 2, length: 100_000, isSame: true })
    await other.close()
  })

  it('stops between two steps at an AbortSignal from a timer, and works afterwards', async () => {
    const request = {
      source: { url: 'models/model.onnx' },
      options: { count: 1_000_000, chunkSize: 1000 },
      milliseconds: 100,
    }
    const stopped = await call<Record<string, number | string>>('abortLater', request)
    expect(stopped.message).toBe('enough')
    expect(stopped.last).toBeGreaterThan(0)
    expect(stopped.last).toBeLessThan(1_000_000)
    expect(stopped.seconds).toBeLessThan(2)
    expect(stopped.after).toBe(3)
  })

  const refuse = (request: object) => call<{ message: string; isInputError: boolean }>('refusal', request)

  it.each([
    [
      'a URL that is not there',
      { url: 'models/none.onnx' },
      {},
      /^cannot fetch models\/none\.onnx: the server answered 404: [^\n]*$/,
    ],
    ['a file that is no model', { url: 'index.html' }, {}, /^index\.html [^\n]*$/],
    [
      'a provider of Node',
      { url: 'models/model.onnx' },
      { provider: 'cpu' },
      /^provider is cpu: give simd or wasm or webgpu$/,
    ],
  ])('refuses %s in one line', async (_, source, load, message) => {
    const refused = await refuse({ source, load, options: { count: 1 } })
    expect(refused.message).toMatch(message)
    expect(refused.isInputError).toBe(true)
  })

  it('fetches the files of onnxruntime-web where wasmPaths says, only those of the provider', async () => {
    const other = await browser.newPage()
    await other.goto(site.url)
    site.requests.length = 0
    const request = {
      source: { url: 'models/model.onnx' },
      load: { provider: 'wasm', wasmPaths: '/ort/' },
      options: { count: 1 },
    }
    await other.evaluate(`draw(${JSON.stringify(request)})`)
    await other.close()
    expect(site.requests.filter((path) => path.endsWith('.wasm'))).toEqual([
      '/ort/ort-wasm-simd-threaded.wasm',
    ])
    expect(site.requests.filter((path) => path.includes('webgpu'))).toEqual([])
  })

  it('names wasmPaths if the files of onnxruntime-web are missing', async () => {
    const other = await browser.newPage()
    await other.goto(site.url)
    const request = {
      source: { url: 'models/model.onnx' },
      load: { provider: 'wasm', wasmPaths: '/nowhere/' },
      options: { count: 1 },
    }
    const refused = await other.evaluate<{ message: string; isInputError: boolean }>(
      `refusal(${JSON.stringify(request)})`,
    )
    await other.close()
    expect(refused.message).toMatch(/^provider wasm can't run the model in this page: [^\n]*wasmPaths$/)
    expect(refused.isInputError).toBe(true)
  })

  it('suggests another provider in a browser without WebGPU', async () => {
    const plain = await launchChromium({ webgpu: false })
    const other = await plain.newPage()
    await other.goto(site.url)
    const request = {
      source: { url: 'models/model.onnx' },
      load: { provider: 'webgpu' },
      options: { count: 1 },
    }
    const refused = await other.evaluate<{ message: string; isInputError: boolean }>(
      `refusal(${JSON.stringify(request)})`,
    )
    await plain.close()
    expect(refused.message).toMatch(
      /^provider webgpu can't run the model in this page: [^\n]*use provider simd/,
    )
    expect(refused.isInputError).toBe(true)
  })
})
