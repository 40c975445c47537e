import { vi } from 'vitest'
import { createSimdEngine } from '../../src/train/engines/simd/engine.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import type { Engines } from '../../src/train/runtime.ts'

/** Engine simd alone, on this thread. */
export const simdEngines: Engines = {
  choose: async () => 'simd',
  create: (_, options) => createSimdEngine({ ...options, threads: 1 }),
}

/** Options of `train` that stop it after a step, whatever the time. */
export function stoppingAfter(last: number): Pick<TrainRequest, 'signal' | 'onSamples'> {
  const stop = new AbortController()
  return {
    signal: stop.signal,
    onSamples({ step }) {
      if (step >= last) stop.abort(new Error('stopped'))
      return { steps: Math.max(1, last - step) }
    },
  }
}

/** Lets a clock show 40 milliseconds more each time that it is read, so that a run reports after a few steps. */
export function slowClock(): () => number {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 40))
  return () => now
}
