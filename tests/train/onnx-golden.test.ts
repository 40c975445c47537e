import { describe, expect, it } from 'vitest'
import { weightShapes } from '../../src/model/network.ts'
import { createNodeSession } from '../../src/node/providers.ts'
import { createStepSession, enginesOn } from '../../src/node/training.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { batchesOf } from '../../src/train/batches.ts'
import {
  goldenStepsProblem,
  goldenTraining,
  goldenValues,
} from '../../src/train/engines/onnx/golden-steps.ts'
import type { CreateStepSession } from '../../src/train/engines/onnx/session.ts'
import { float64Steps } from './float64-steps.ts'

/** Sessions whose output of that name is off by a little. */
const spoiled =
  (name: string, by: number): CreateStepSession =>
  async (bytes, options) => {
    const session = await createStepSession(bytes, options)
    return {
      async run(feeds, outputs, into) {
        const results = await session.run(feeds, outputs, into)
        results[name]![0]! += by
        return results
      },
      release: () => session.release(),
    }
  }

const missing: CreateStepSession = async () => {
  throw new Error('no runtime here')
}

describe('the golden steps', () => {
  it('are those of the network in float64, to their last digit', async () => {
    const { source, steps } = goldenTraining
    const draw = batchesOf(source)
    const batches = Array.from({ length: steps }, (_, step) => structuredClone(draw(step)))
    const exact = float64Steps({ ...goldenTraining, batches })
    for (const name of ['losses', 'parameters', 'average', 'firstMoment'] as const)
      expect(maxAbsDifference(exact[name], goldenValues[name])).toBeLessThanOrEqual(1e-6)
  })

  it('are the steps of onnxruntime', async () => {
    expect(await goldenStepsProblem(createStepSession)).toBeUndefined()
  })

  it("are the steps of onnxruntime's WASM, as in a page", async () => {
    const createWasm: CreateStepSession = (bytes) =>
      createNodeSession(bytes, { provider: 'wasm', threads: 1 })
    expect(await goldenStepsProblem(createWasm)).toBeUndefined()
  })

  it.each([
    ['loss', 1e-3],
    ['loss', Number.NaN],
    ...weightShapes(goldenTraining.network).map(([name]) => [`gradient/${name}`, 1e-2] as [string, number]),
  ])('detect that %s is off by %s', async (name, by) => {
    expect(await goldenStepsProblem(spoiled(name, by))).toMatch(/^onnxruntime's training steps are off by /)
  })
})

describe('the engine auto', () => {
  const choose = async (createSession: CreateStepSession) => {
    const warnings: string[] = []
    const warn = (message: string) => warnings.push(message)
    const engine = await enginesOn({ createSession }).choose({ onWarning: warn })
    return { engine, warnings: warnings.join() }
  }

  it('is onnx, without a warning', async () => {
    expect(await choose(createStepSession)).toEqual({ engine: 'onnx', warnings: '' })
  })

  it.each<[string, CreateStepSession, RegExp]>([
    ['the steps of onnx are wrong', spoiled('loss', 1), /onnx: onnxruntime's training steps are off by/],
    ['there is no onnxruntime', missing, /slower than onnx: no runtime here/],
  ])('is simd if %s, and warns why', async (_, createSession, message) => {
    const { engine, warnings } = await choose(createSession)
    expect(engine).toBe('simd')
    expect(warnings).toMatch(message)
  })
})
