import { describe, expect, it } from 'vitest'
import { atOnce, forEach, inParts, oneByOne, type WorkProgress } from '../../src/core/work.ts'

const stage = { stage: 'counting', unit: 'numbers' }
const busy = (milliseconds: number) => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

describe('forEach', () => {
  it('calls the body for each step, in order, and ends at the count', async () => {
    const seen: number[] = []
    const progress: WorkProgress[] = []
    const body = (i: number) => {
      seen.push(i)
    }
    await forEach(stage, 10, body, { onProgress: (now) => progress.push(now) }, 4)
    expect(seen).toEqual([0, 4, 8])
    expect(progress).toEqual([{ ...stage, done: 10, count: 10 }])
  })

  it('waits for a body that returns a promise', async () => {
    let done = 0
    const body = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      done++
    }
    await forEach(stage, 3, body, {})
    expect(done).toBe(3)
  })

  it('lets timers run between slices, and stops by its signal', async () => {
    const controller = new AbortController()
    let calls = 0
    setTimeout(() => controller.abort(new Error('enough')), 30)
    const body = () => {
      calls++
      busy(10)
    }
    await expect(forEach(stage, 1000, body, { signal: controller.signal })).rejects.toThrow('enough')
    expect(calls).toBeLessThan(100)
  })

  it('calls no body if its signal is aborted already', async () => {
    const body = () => expect.fail('called')
    await expect(forEach(stage, 3, body, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow(
      'no',
    )
  })
})

describe('a computation in parts', () => {
  const seen: number[] = []
  function* partsOf(count: number, milliseconds = 0) {
    const each = (k: number) => () => {
      seen.push(k)
      busy(milliseconds)
    }
    yield* oneByOne(
      stage,
      Array.from({ length: count }, (_, k) => each(k)),
    )
    return seen.length
  }

  it('has the same result at once and with pauses, and says how far it is before each part', async () => {
    const progress: WorkProgress[] = []
    seen.length = 0
    expect(atOnce(partsOf(3))).toBe(3)
    expect(await inParts(partsOf(2), { onProgress: (now) => progress.push(now) })).toBe(5)
    expect(seen).toEqual([0, 1, 2, 0, 1])
    expect(progress).toEqual([
      { ...stage, done: 0, count: 2 },
      { ...stage, done: 1, count: 2 },
    ])
  })

  it('ends between two parts once its signal is aborted', async () => {
    const controller = new AbortController()
    seen.length = 0
    setTimeout(() => controller.abort(new Error('enough')), 30)
    await expect(inParts(partsOf(1000, 60), { signal: controller.signal })).rejects.toThrow('enough')
    expect(seen.length).toBeLessThan(10)
  })
})
