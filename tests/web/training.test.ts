import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportModel } from '../../src/node/export.ts'
import { runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, node24 } from '../helpers/needs.ts'
import { petTable } from '../helpers/tables.ts'
import { browsers, isReady } from './browsers.ts'
import type { DrivenPage } from './element/driven-page.ts'
import { launchChromium, root, type Site, serveFolders } from './helpers.ts'

type Digests = Record<string, string>

/** Points with a rate that falls as a cosine does, and a table of every kind of column. */
const points = {
  dataset: 'two-moons',
  rows: 200,
  hidden: [24, 16],
  steps: 120,
  seed: 5,
  lrDecay: 'cosine',
  engine: 'simd',
} as const
const pets = {
  dataset: toRows(petTable(120)),
  types: { kind: 'category', id: 'key' },
  holdout: 0.2,
  hidden: [32, 32],
  steps: 80,
  batchSize: 64,
  seed: 2,
  engine: 'simd',
} as const
const requests = { points, pets }

const { folder } = folderOf('training')

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let runs = 0
/** The digests of what Node makes of a request. */
async function digestsInNode(request: TrainRequest): Promise<Digests> {
  const out = join(folder, `run-${runs++}`)
  await train({ ...request, out })
  const { model, sampler } = await exportModel({ run: out, sampler: {} })
  return { ...digestsOfFiles(out), model: sha256(model), sampler: sha256(sampler!) }
}

function digestsOfFiles(run: string): Digests {
  const files = Object.entries(runFiles(run)).filter(([, path]) => existsSync(path))
  return Object.fromEntries(files.map(([file, path]) => [file, sha256(readFileSync(path))]))
}

describe('moonstep/web trains', () => {
  let plain: Site
  let isolated: Site
  let browser: Browser | undefined
  const inNode: Record<string, Digests> = {}

  beforeAll(async () => {
    const out = join(folder, 'page')
    await build({
      configFile: false,
      root: join(root, 'tests/web/page'),
      logLevel: 'error',
      build: {
        outDir: out,
        emptyOutDir: true,
        target: 'esnext',
        rollupOptions: { input: join(root, 'tests/web/page/training.html') },
      },
    })
    plain = await serveFolders({ '/': out })
    isolated = await serveFolders({ '/': out }, { isolated: true })
    for (const [name, request] of Object.entries(requests)) inNode[name] = await digestsInNode(request)
  })
  afterAll(() => {
    plain?.close()
    isolated?.close()
    return browser?.close()
  })

  it('makes another run of another seed', async () => {
    const other = await digestsInNode({ ...points, seed: 6 })
    for (const file of ['config', 'weights', 'history', 'checkpoint', 'model', 'sampler'])
      expect(other[file]).not.toBe(inNode.points![file])
    expect(Object.keys(inNode.pets!)).toEqual(expect.arrayContaining(['train', 'holdout', 'data']))
  })

  /** Trains with the built package, whose threads are real. */
  const expectNodesBits = (program: string) => {
    const asked = Object.entries(requests).flatMap(([name, request]) =>
      [1, 2].map((threads) => ({
        name,
        request: { ...request, threads, out: join(folder, `run-${runs++}`) },
      })),
    )
    const script = `
      import { train } from ${JSON.stringify(join(root, 'dist/index.js'))}
      for (const request of ${JSON.stringify(asked.map(({ request }) => request))}) await train(request)`
    const { status, stderr } = spawnSync(program, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    for (const { name, request } of asked) {
      const { model, sampler, ...files } = inNode[name]!
      expect(digestsOfFiles(request.out)).toEqual(files)
    }
  }
  it('gives the same bits on one thread and on two', () => expectNodesBits(process.execPath))
  describeWith('node 24', 'Node 24', () => {
    it('gives the same bits', () => expectNodesBits(node24))
  })

  describe.each(browsers)('in $need', ({ need, start }) => {
    describeWith(need, 'to the bits of Node', () => {
      let page: DrivenPage
      beforeAll(async () => {
        page = await start()
      }, 120_000)
      afterAll(() => page?.close())

      it.each([
        ['as it is, on a thread', false, 1],
        ['isolated, on two threads', true, 2],
      ] as const)('in a page %s', async (_, isIsolated, threads) => {
        await page.open(`${(isIsolated ? isolated : plain).url}training.html`)
        await page.evaluate(isReady)
        for (const [name, request] of Object.entries(requests)) {
          const digests = await page.evaluate<Digests>(`trained(${JSON.stringify({ ...request, threads })})`)
          expect(digests).toEqual(inNode[name])
        }
      })
    })
  })

  describeWith('chromium', 'in a page that is used', () => {
    let context: BrowserContext
    let page: Page
    const open = async () => {
      browser ??= await launchChromium({ webgpu: false })
      context ??= await browser.newContext()
      page = await context.newPage()
      await page.goto(`${isolated.url}training.html`)
    }
    const call = <R>(name: string, request: object): Promise<R> =>
      page.evaluate(`${name}(${JSON.stringify(request)})`)

    const long = { ...points, hidden: [64, 64], steps: 3000 }
    let ofLong: Promise<Digests> | undefined
    const digestsOfLong = () => {
      ofLong ??= digestsInNode(long)
      return ofLong
    }

    it('resumes to the bit after it was stopped', async () => {
      await open()
      const { reason, digests } = await call<{ reason: string; digests: Digests }>('interrupted', long)
      expect(reason).toBe('enough')
      expect(digests).toEqual(await digestsOfLong())
      await expect.poll(() => page.workers()).toEqual([])
      await page.close()
    })

    it('resumes to the bit from the browser’s private files after its tab was closed', async () => {
      await open()
      await call('begun', { ...long, name: 'moons', heldAt: 1500 })
      // the first are of its beginning
      await page.waitForFunction('checkpoints >= 2', undefined, { timeout: 60_000 })
      await page.close()
      await open()
      const result = await call<{ digests: Digests; run: string; steps: number }>('resumed', {
        name: 'moons',
      })
      expect(result).toEqual({ run: 'moons', steps: 3000, digests: await digestsOfLong() })
      expect(await call('refused', { ...points, store: undefined, name: 1 })).toMatchObject({
        message: expect.stringMatching(/name/),
      })
      await page.close()
    })

    it('reports its columns, its steps and its samples', async () => {
      await open()
      const request = { ...pets, steps: 2000 }
      const told = await call<{
        notes: string[]
        steps: number[]
        samples: [number, number, number][]
        losses: number
        run: string | null
      }>('watched', request)
      expect(told.notes).toEqual(expect.arrayContaining([expect.stringMatching(/^kind: category of 4/)]))
      expect(told.steps.at(-1)).toBe(2000)
      expect(told.losses).toBe(2000)
      expect(told.run).toBeNull()
      expect(told.samples.length).toBeGreaterThanOrEqual(2)
      expect(told.samples.at(-1)).toEqual([2000, 500, 8])
      await page.close()
    })

    it.each([
      [{ dataset: 'three-moons' }, /^unknown dataset three-moons/],
      [{ dataset: 'people.csv' }, /^unknown dataset people\.csv/],
      [{}, /^dataset is missing/],
      [{ dataset: 'two-moons', steps: 0 }, /^steps is 0/],
      [{ dataset: 'two-moons', engine: 'onnx' }, /^unknown engine onnx: choose from simd, auto/],
      [{ dataset: 'two-moons', store: 'moons' }, /^store .*memoryStore/],
    ])('refuses %o in one line', async (request, message) => {
      await open()
      const refused = await call<{ message: string; code: string }>('refused', request)
      expect(refused.message).toMatch(message)
      expect(refused.message).not.toContain('\n')
      expect(refused.code).toBeTruthy()
      await page.close()
    })
  })
})
