import { afterEach, expect, it, vi } from 'vitest'
import { memoryStore, type RunStore } from '../../src/model/run-store.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines, slowClock } from '../helpers/engines.ts'

afterEach(() => vi.restoreAllMocks())

const small = { dataset: 'two-moons', rows: 64, hidden: [16, 8], steps: 300 } as const

/** Trains by that clock: the times of its reports, and of what it writes. */
async function timesOf() {
  const now = slowClock()
  const store = memoryStore()
  const [progress, history, checkpoint]: [number[], number[], number[]] = [[], [], []]
  const watched: RunStore = {
    folder: store.folder,
    read: (file) => store.read(file),
    async append(file, text) {
      history.push(now())
      await store.append(file, text)
    },
    async writeTogether(files) {
      if ('checkpoint' in files) checkpoint.push(now())
      await store.writeTogether(files)
    },
  }
  await train({ ...small, onProgress: () => progress.push(now()) }, { engines, store: watched })
  return { progress, history, checkpoint }
}

/** The least and the greatest time between neighbours, without the last, which is the end's. */
function between(times: readonly number[]): [least: number, greatest: number] {
  const gaps = times.slice(1, -1).map((time, i) => time - times[i]!)
  return [Math.min(...gaps), Math.max(...gaps)]
}

it('a run reports its progress five times a second, and saves its history each second, itself every three', async () => {
  const { progress, history, checkpoint } = await timesOf()
  for (const [times, expected] of [
    [progress, 200],
    [history, 1000],
    [checkpoint, 3000],
  ] as const) {
    expect(times.length).toBeGreaterThanOrEqual(4)
    const [least, greatest] = between(times)
    expect(greatest).toBeGreaterThanOrEqual(expected)
    expect(greatest).toBeLessThan(expected + 500)
    if (expected !== 1000) expect(least).toBeGreaterThanOrEqual(expected)
  }
})

it('a run that is aborted stops at its next report', async () => {
  slowClock()
  const stop = new AbortController()
  const seen: number[] = []
  const onProgress = ({ step }: { step: number }) => {
    seen.push(step)
    stop.abort(new Error('enough'))
  }
  const request = { ...small, signal: stop.signal, onProgress }
  await expect(train(request, { engines, store: memoryStore() })).rejects.toThrow('enough')
  expect(seen).toEqual([expect.any(Number)])
  expect(seen[0]).toBeLessThan(10)
})
