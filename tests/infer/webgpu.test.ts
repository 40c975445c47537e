import { expect, it } from 'vitest'
import { maxAbsDifference, pointsFromRows } from '../../src/core/points.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { loadModel } from '../../src/infer/node.ts'
import { sample } from '../../src/infer/sample.ts'
import { reference, referenceModel } from '../helpers/models.ts'
import { describeWith } from '../helpers/needs.ts'

// sessions refuse to hand nodes to the CPU, so that loading alone shows that no op is foreign to WebGPU
describeWith('vulkan', 'WebGPU in Node', () => {
  const { x_T, noise, trajectory } = reference.ddpm
  const options = {
    count: x_T.length,
    x_T: pointsFromRows(x_T),
    noise: Array.from({ length: 10 }, (_, j) => pointsFromRows(noise[10 - j]!)),
    trajectory: true,
  }

  it.each([
    ['model.onnx', () => exportNoisePredictor(referenceModel)],
    ['sampler.onnx', () => exportSampler(referenceModel, { trajectory: true })],
  ])('runs %s whole and follows the golden trajectory to 1e-4', async (_, make) => {
    const model = await loadModel(await make(), { provider: 'webgpu' })
    const result = await sample(model, options)
    const worst = Math.max(
      ...result.trajectory!.map((x, k) => maxAbsDifference(x.data, trajectory[k]!.flat())),
    )
    expect(worst).toBeLessThanOrEqual(1e-4)
    expect(result.provider).toBe('webgpu')
    await model.dispose()
  })
})
