import { describe, expect, it } from 'vitest'
import { forEach, type WorkProgress } from '../../src/core/work.ts'

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
