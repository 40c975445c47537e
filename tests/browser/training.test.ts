import { describe, it } from 'vitest'
import { train } from '../../src/browser/training.ts'
import { expectRejected } from '../helpers/refusals.ts'

const asCaller = train as (...args: unknown[]) => Promise<unknown>

describe('train of a page', () => {
  it('needs a dataset, and says so before it starts a worker', async () => {
    await expectRejected(() => asCaller(), /^the argument of train is missing: give an object/)
    await expectRejected(
      () => asCaller({}),
      /^dataset is missing: give a table's path, rows, or one of two-moons/,
    )
    await expectRejected(() => asCaller({ resume: true }), /^store is missing/)
  })

  it('refuses an engine that only Node has, and takes simd as Node does', async () => {
    await expectRejected(
      () => asCaller({ dataset: 'two-moons', engine: 'onnx' }),
      'unknown engine onnx: choose from simd, auto',
    )
    // the step count is checked after the engine
    for (const engine of ['simd', 'auto'])
      await expectRejected(() => asCaller({ dataset: 'two-moons', engine, steps: -1 }), /^steps is -1/)
  })
})
