import { describe, expect, it } from 'vitest'
import { runsOf, trainingSuite } from './training-suite.ts'

describe('train on onnx', () => {
  trainingSuite('onnx', { steps: 10_000, threads: [1, 2], diverges: true })

  const { trained } = runsOf('onnx')

  it('is what auto takes, with no warning', async () => {
    const warnings: string[] = []
    const { result } = await trained({ engine: 'auto', onWarning: (message) => warnings.push(message) })
    expect([result.engine, warnings]).toEqual(['onnx', []])
  })
})
