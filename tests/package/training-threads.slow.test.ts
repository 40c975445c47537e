import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { initialWeights, seedHidden, weightShapes } from '../../src/model/network.ts'
import { runFiles } from '../../src/node/run-folder.ts'
import { createStepSession, startHelper as neverThere } from '../../src/node/training.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import type { PoolHelper } from '../../src/numerics/worker-pool.ts'
import { flatten, initialState } from '../../src/train/engine.ts'
import type { AnyHelperStart, StepRuntime } from '../../src/train/engines/onnx/session.ts'
import { folderOf } from '../helpers/folders.ts'
import { drawBatch, pointNetwork } from '../helpers/networks.ts'

// Node's workers read no TypeScript: they are tested as users get them
const built = (file: string) => new URL(`../../dist/${file}`, import.meta.url).href
const { startHelper }: typeof import('../../src/node/training.ts') = await import(built('node/training.js'))
const { createOnnxEngine }: typeof import('../../src/train/engines/onnx/engine.ts') = await import(
  built('train/engines/onnx/engine.js')
)

const { folder } = folderOf('threads')

const network = pointNetwork({ dim: 2, T: 10, hidden: seedHidden, timeEmbedding: { kind: 'one_hot_linear' } })
const rows = 1000
const count = rows
const data = standardNormals({ seed: 2, stream: streams.datasets, step: 0, start: 0, count, dim: 2 })
const source = {
  x_0: { data, count, dim: 2 },
  schedule: createSchedule({ kind: 'karras', sigmaMin: 0.2, sigmaMax: 6, rho: 7 }, network.T),
  predictionType: 'v_prediction',
  lossWeighting: 'min_snr',
  batchSize: rows,
  seed: 1,
} as const

/** A runtime whose helpers are watched, and that counts the shares that the engine's own thread computes. */
function watchedRuntime(start: StepRuntime['startHelper'] = startHelper) {
  const helpers: PoolHelper[] = []
  const own = { shares: 0 }
  const runtime: StepRuntime = {
    async createSession(...request) {
      const session = await createStepSession(...request)
      return {
        ...session,
        run(...call) {
          own.shares++
          return session.run(...call)
        },
      }
    },
    startHelper(request: AnyHelperStart) {
      const helper = start!(request)
      helpers.push(helper)
      return helper
    },
  }
  return { helpers, own, runtime }
}

const until = async (condition: () => boolean) => {
  while (!condition()) await setTimeout(5)
}

const engineOn = (runtime: StepRuntime, threads: number) =>
  createOnnxEngine({
    network,
    weightDecay: 0.1,
    ema: 0.9,
    threads,
    batchSize: rows,
    state: initialState(flatten(initialWeights(network, 5), weightShapes(network)), 0.9),
    runtime,
  })

describe('threads that help to train', () => {
  it.each([2, 3])('compute the bits that one thread does for all %i shares', async (threads) => {
    const stepsWithHelp = 20
    const run = async (
      start: StepRuntime['startHelper'],
      isOver: (helped: number, step: number) => boolean,
    ) => {
      const { own, runtime } = watchedRuntime(start)
      const engine = await engineOn(runtime, threads)
      const losses: number[] = []
      let helped = 0
      for (let step = 0; !isOver(helped, step); step++) {
        const before = own.shares
        losses.push(await engine.step(drawBatch(source, step), 0.01))
        if (own.shares - before < threads) helped++
      }
      const { step, ...state } = engine.state()
      const hash = createHash('sha256')
      for (const part of Object.values(state)) hash.update(part!)
      await engine.dispose()
      return { helped, losses, step, digest: hash.digest('hex') }
    }
    const together = await run(startHelper, (helped) => helped === stepsWithHelp)
    const alone = await run(neverThere, (_, step) => step === together.step)
    expect(alone).toEqual({ ...together, helped: 0 })
  })

  it('report a thread that ended, while it is waited for and after', async () => {
    const { helpers, own, runtime } = watchedRuntime()
    const engine = await engineOn(runtime, 2)
    let steps = 0
    while (own.shares === 2 * steps) await engine.step(drawBatch(source, steps++), 0.01)
    const before = engine.state()
    const taken = engine.step(drawBatch(source, steps), 0.01)
    const ended = helpers[0]!.end()
    // the answer may have been there already
    const failed = await Promise.resolve(taken).then(
      () => false,
      (error) => error.message === 'a training thread ended',
    )
    await ended
    await expect(async () => engine.step(drawBatch(source, steps + 1), 0.01)).rejects.toThrow(
      'a training thread ended',
    )
    if (failed) expect(engine.state()).toEqual(before)
    await engine.dispose()
  })

  it('pass on an error', async () => {
    const broken: StepRuntime['startHelper'] = (request) =>
      startHelper({ ...request, bytes: new Uint8Array(9) })
    const { helpers, runtime } = watchedRuntime(broken)
    const engine = await engineOn(runtime, 2)
    await until(() => helpers[0]!.ended() !== undefined)
    await expect(async () => engine.step(drawBatch(source, 0), 0.01)).rejects.toThrow(/can't run the model/)
    await engine.dispose()
  })
})

describe('a process that trains on threads', () => {
  const run = (name: string, threads: number, end = '') => {
    const out = join(folder, name)
    const script = `
      import { train } from ${JSON.stringify(built('index.js'))}
      const options = { dataset: 'two-moons', recipe: 'post', engine: 'onnx', steps: 300 }
      const { steps } = await train({ ...options, threads: ${threads}, out: ${JSON.stringify(out)} })
      console.log(steps)
      ${end}`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect([status, stdout, stderr]).toEqual([0, '300\n', ''])
    return readFileSync(runFiles(out).weights)
  }

  it('ends by itself, with the same bytes each time', () => {
    expect(run('a', 2)).toEqual(run('b', 2))
    expect(run('c', 3)).toEqual(run('d', 3, 'process.exit(0)'))
  })
})
