import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  InputError,
  loadModel,
  type Model,
  type Points,
  registerProvider,
  sample,
  train,
} from '../../src/index.ts'
import { reference } from '../../src/infer/providers/reference.ts'

const folder = new URL('../../models/two-moons-seed/', import.meta.url).pathname
const path = `${folder}model.onnx`
const bytes = readFileSync(path)

const collect: () => void = (() => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
})()

/** What a call is refused with; a call that throws at once counts too. */
async function refusal(call: () => Promise<unknown>): Promise<Error> {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was refused')
}

async function expectRefusal(call: () => Promise<unknown>, message: RegExp): Promise<void> {
  const error = await refusal(call)
  expect(error).toBeInstanceOf(InputError)
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain('\n')
}

const models: Model[] = []
async function open(file: string): Promise<Model> {
  const model = await loadModel(`${folder}${file}`)
  models.push(model)
  return model
}

/** A model on a provider of the user's own, which computes as the reference does and tells of every run. */
let watchers = 0
async function onWatched(file: string, onRun: () => void): Promise<Model> {
  const name = `watched-${++watchers}`
  const provider = registerProvider({
    name,
    async createSession(model) {
      const session = await reference.createSession(model)
      return {
        ...session,
        provider: name,
        async run(feeds, outputs) {
          onRun()
          return session.run(feeds, outputs)
        },
      }
    },
  })
  const model = await loadModel(`${folder}${file}`, { provider, selfTest: false })
  models.push(model)
  return model
}

const both: [string, Model][] = [
  ['model.onnx', await open('model.onnx')],
  ['sampler.onnx', await open('sampler.onnx')],
]
const network = both[0]![1]

afterAll(() => Promise.all(models.map((model) => model.dispose())))

describe('loadModel', () => {
  let server: Server
  let base: string

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/model.onnx') response.end(bytes)
      else if (request.url === '/cut.onnx') {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, 100), () => response.destroy())
      } else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  it('takes a path, a file: or http: URL, bytes or a Blob, and each gives the same samples', async () => {
    const expected = (await sample(network, { count: 20, seed: 3 })).points
    const url = pathToFileURL(path)
    const sources = [path, url, url.href, `${base}/model.onnx`, new URL(`${base}/model.onnx`), bytes]
    for (const source of [...sources, new Uint8Array(bytes), new Blob([bytes])]) {
      const model = await loadModel(source)
      expect((await sample(model, { count: 20, seed: 3 })).points).toEqual(expected)
      await model.dispose()
    }
  })

  it('reports in one line an error that a server answers', async () => {
    await expectRefusal(
      () => loadModel(`${base}/none.onnx`),
      /^cannot fetch http:\S+\/none\.onnx: the server answered 404: give the URL of a model\.onnx$/,
    )
  })

  it('reports in one line a connection that is cut or refused', async () => {
    await expectRefusal(() => loadModel(`${base}/cut.onnx`), /^cannot fetch http:\S+\/cut\.onnx: .+: give /)
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const url = `http://127.0.0.1:${port}/model.onnx`
    await expectRefusal(() => loadModel(url), /^cannot fetch http:\S+\/model\.onnx: .*ECONNREFUSED.*: give /)
  })

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['a file: URL of nothing', () => loadModel(new URL('file:///no/model.onnx')), /^there is no file file:/],
    [
      'a folder',
      () => loadModel(folder),
      /: that is a folder, which holds .*model\.onnx: give a model\.onnx/,
    ],
    ['a file that is no model', () => loadModel(`${folder}config.json`), /^\S+config\.json is no ONNX file/],
    ['bytes of nothing', () => loadModel(new Uint8Array()), /^the model is no ONNX file/],
    ['what is no source', () => loadModel(7 as never), /^the model is 7: give a path, a URL/],
    ['nothing', () => loadModel(undefined as never), /^the model is missing: give a path, a URL/],
    [
      'an unknown provider',
      () => loadModel(path, { provider: 'tpu' as never }),
      /^provider is tpu: give cpu or cuda or .* or auto$/,
    ],
    ['no threads', () => loadModel(path, { threads: 0 }), /^threads is 0: give a whole number from 1 /],
  ])('refuses %s in one line', async (_, call, message) => expectRefusal(call, message))
})

describe.each(both)('sample of %s', (file, model) => {
  it('reports progress, rising to the count', async () => {
    const seen: { done: number; count: number }[] = []
    await sample(model, { count: 100, chunkSize: 30, onProgress: (progress) => seen.push(progress) })
    expect(seen.map(({ done }) => done)).toEqual([30, 60, 90, 100])
    expect(new Set(seen.map(({ count }) => count))).toEqual(new Set([100]))
  })

  it('starts from the given x_T and adds the given noise', async () => {
    const own = (value: number): Points => ({ data: new Float32Array(6).fill(value), count: 3, dim: 2 })
    const noise = Array.from({ length: 10 }, () => own(0))
    const draw = async (x_T: number, seed: number, given = noise) =>
      (await sample(model, { count: 3, seed, x_T: own(x_T), noise: given })).points.data
    const quiet = await draw(0.5, 1)
    expect(await draw(0.5, 2)).toEqual(quiet)
    expect(quiet.slice(0, 2)).toEqual(quiet.slice(4))
    expect(await draw(-0.5, 1)).not.toEqual(quiet)
    expect(
      await draw(
        0.5,
        1,
        noise.map(() => own(1)),
      ),
    ).not.toEqual(quiet)
  })

  it('lets simultaneous calls take turns, chunk by chunk', async () => {
    const order: string[] = []
    const calls = ['a', 'b', 'c'].map((name, seed) =>
      sample(model, { count: 40, seed, chunkSize: 20, onProgress: () => order.push(name) }),
    )
    const together = await Promise.all(calls)
    expect(order.join('')).toBe('abcabc')
    for (const [seed, result] of together.entries())
      expect(result.points).toEqual((await sample(model, { count: 40, seed })).points)
  })

  it('runs the next call after one that failed', async () => {
    const onProgress = () => {
      throw new Error('the callback’s own')
    }
    const [failed, next] = await Promise.allSettled([
      sample(model, { count: 2, onProgress }),
      sample(model, { count: 2 }),
    ])
    expect(failed.status).toBe('rejected')
    expect(next.status).toBe('fulfilled')
  })

  it('does nothing if the signal is already aborted', async () => {
    const watched = await onWatched(file, () => {
      throw new Error('it ran')
    })
    const reason = new Error('never mind')
    const refused = await refusal(() => sample(watched, { count: 10, signal: AbortSignal.abort(reason) }))
    expect(refused).toBe(reason)
  })

  it('leaves nothing behind after 200 aborted calls', async () => {
    const count = 50_000
    const abortedCall = async () => {
      const controller = new AbortController()
      const timer = setImmediate(() => controller.abort())
      await refusal(() => sample(model, { count, chunkSize: 100, signal: controller.signal }))
      clearImmediate(timer)
      await refusal(() => sample(model, { count, signal: AbortSignal.abort() }))
    }
    const used = async () => {
      for (let i = 0; i < 3; i++) {
        collect()
        // onnxruntime's tensors are freed by finalizers, which run in later tasks
        await setTimeout(20)
      }
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    for (let i = 0; i < 10; i++) await abortedCall()
    const before = await used()
    for (let i = 0; i < 100; i++) await abortedCall()
    // one call's own points are 400 kB, 200 calls' 80 MB
    expect((await used()) - before).toBeLessThan(4e6)
    expect((await sample(model, { count: 3 })).points.count).toBe(3)
  })

  it('refuses a model that has been disposed of', async () => {
    const own = await loadModel(`${folder}${file}`)
    const running = sample(own, { count: 100, chunkSize: 10 })
    const first = own.dispose()
    const late = refusal(() => sample(own, { count: 1 }))
    await Promise.all([first, own.dispose()])
    expect((await running).points.count).toBe(100)
    const message = /^\S+\.onnx was disposed of: load it again$/
    await expectRefusal(async () => Promise.reject(await late), message)
    await expectRefusal(() => sample(own, { count: 1 }), message)
    await own.dispose()
  })
})

describe('an AbortSignal', () => {
  it('stops model.onnx before the next step', async () => {
    const controller = new AbortController()
    let steps = 0
    const watched = await onWatched('model.onnx', () => {
      if (++steps === 3) controller.abort()
    })
    const stopped = await refusal(() => sample(watched, { count: 10, signal: controller.signal }))
    expect(stopped.name).toBe('AbortError')
    expect(steps).toBe(3)
  })

  it('from a timer interrupts sampling', async () => {
    let drawn = 0
    const onProgress = ({ done }: { done: number }) => {
      drawn = done
    }
    const signal = AbortSignal.timeout(100)
    const stopped = await refusal(() => sample(network, { count: 5e6, signal, onProgress }))
    expect(stopped.name).toBe('TimeoutError')
    expect(drawn).toBeLessThan(5e6)
  })

  it('stops training, and a resumed run continues from there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'moonstep-api-'))
    const common = { out: join(folder, 'run'), threads: 1 }
    const fresh = { dataset: 'two-moons', steps: 100_000, rows: 100, engine: 'simd' } as const
    const stopAtReport = async (which: number, request: typeof fresh | { resume: true }) => {
      const controller = new AbortController()
      const steps: number[] = []
      const onProgress = ({ step }: { step: number }) => {
        if (steps.push(step) === which) controller.abort()
      }
      const stopped = await refusal(() =>
        train({ ...common, ...request, signal: controller.signal, onProgress }),
      )
      expect(stopped.name).toBe('AbortError')
      expect(steps).toHaveLength(which)
      return steps
    }
    const [first, second] = await stopAtReport(2, fresh)
    expect(second).toBeGreaterThan(first!)
    const [third] = await stopAtReport(1, { resume: true })
    expect(third).toBeGreaterThan(second!)
    rmSync(folder, { recursive: true })
  })
})
