import { describe, expect, it } from 'vitest'
import { memoryStore, type RunFile } from '../../src/model/run-store.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { pointsOf } from '../../src/table/table.ts'
import type { LiveSamples } from '../../src/train/live-samples.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'

const small = { dataset: 'two-moons', rows: 64, hidden: [16, 8], steps: 60, seed: 3 } as const

/** Trains in memory; the files that it left. */
async function files(request: TrainRequest, store = memoryStore(), resume = false) {
  await train(resume ? { resume, out: '' } : request, { engines, store })
  const all: RunFile[] = ['config', 'weights', 'history', 'checkpoint']
  return Promise.all(all.map(async (file) => Buffer.from((await store.read(file))!).toString('base64')))
}

describe('onSamples', () => {
  it('gets samples after exactly the steps that it asks for, and changes no bit of the run', async () => {
    const seen: number[] = []
    const reported: number[] = []
    const asks = [1, 2, 10, 30]
    const stepped = await files({
      ...small,
      onProgress: ({ step }) => reported.push(step),
      async onSamples({ step }) {
        seen.push(step)
        const steps = asks[seen.length - 1]
        return steps === undefined ? { steps: 1000 } : { steps }
      },
    })
    expect(seen).toEqual([0, 1, 3, 13, 43, 60])
    expect(reported).toEqual(expect.arrayContaining([1, 3, 13, 43, 60]))
    expect(stepped).toEqual(await files(small))
  })

  it('gets rows from the same noise each time, which move as the network learns', async () => {
    const seen: LiveSamples[] = []
    await files({
      ...small,
      onSamples(samples) {
        seen.push(samples)
        return { steps: 30 }
      },
    })
    expect(seen.map(({ step }) => step)).toEqual([0, 30, 60])
    const [first, , last] = seen.map(({ table }) => pointsOf(table).data)
    expect(maxAbsDifference(first!, last!)).toBeGreaterThan(0.1)
    expect([...seen[0]!.weights.values()].map(({ data }) => data)).not.toEqual(
      [...seen[2]!.weights.values()].map(({ data }) => data),
    )
  })

  it('pauses the run until its promise resolves', async () => {
    let go = (_: { steps: number }) => {}
    const [reported, paused]: number[][] = [[], []]
    const done = files({
      ...small,
      onProgress: ({ step }) => reported!.push(step),
      onSamples: ({ step }) =>
        step === 0
          ? { steps: 20 }
          : new Promise((resolve) => {
              go = resolve
              // progress comes before
              paused!.push(step)
            }),
    })
    await expect.poll(() => paused).toEqual([20])
    // a step of this network is a fraction of a millisecond
    await new Promise((later) => setTimeout(later, 300))
    expect(reported).toEqual([20])
    go({ steps: 5 })
    await expect.poll(() => paused).toEqual([20, 25])
    expect(reported).toEqual([20, 25])
    go({ steps: 1000 })
    await expect.poll(() => paused).toEqual([20, 25, 60])
    expect(reported!.at(-1)).toBe(60)
    go({ steps: 1 })
    expect(await done).toEqual(await files(small))
  })

  it('lets a paused run be stopped at a checkpoint, and continued', async () => {
    const store = memoryStore()
    const stop = new AbortController()
    const broken = files(
      {
        ...small,
        signal: stop.signal,
        onSamples({ step }) {
          if (step === 0) return { steps: 20 }
          setTimeout(() => stop.abort(new Error('enough')))
          return new Promise(() => {})
        },
      },
      store,
    )
    await expect(broken).rejects.toThrow('enough')
    const history = new TextDecoder().decode(await store.read('history'))
    expect(history.trimEnd().split('\n')).toHaveLength(21)
    expect(await files(small, store, true)).toEqual(await files(small))
  })

  it.each([0, 1.5, Number.NaN, '10'])('must not return %s as a number of steps', async (steps) => {
    const onSamples = () => ({ steps: steps as number })
    await expect(files({ ...small, onSamples })).rejects.toThrow(
      /^the `steps` that onSamples returned is .*: give a whole number from 1 to 100000000$/,
    )
  })
})
