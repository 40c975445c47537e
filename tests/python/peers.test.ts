import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadModel, sample } from '../../src/index.ts'
import { describeCard } from '../../src/model/description.ts'
import { maxAbsDifference, type Points } from '../../src/numerics/points.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'

const { at } = folderOf('peers')

const count = 50
const normals = (step: number): Points => ({
  data: standardNormals({ seed: 5, stream: streams.reverseNoise, step, start: 0, count, dim: 2 }),
  count,
  dim: 2,
})
const rows = ({ data }: Points) => Array.from({ length: count }, (_, i) => [...data.slice(2 * i, 2 * i + 2)])

describeWith('torch', "the bench's peers", () => {
  it('draw the samples that we do from the same noise, and take the same steps in all settings', async () => {
    const run = 'models/two-moons-seed'
    const x_T = normals(0)
    await using model = await loadModel(join(run, 'sampler.onnx'))
    const noise = model.card.sampler!.timesteps.map((_, j) => normals(1 + j))
    const { x_0 } = await sample(model, { count, x_T, noise })
    const inputs = at('inputs.json')
    writeFileSync(inputs, JSON.stringify({ x_T: rows(x_T), noise: noise.map(rows) }))
    const script = new URL('peers.py', import.meta.url).pathname
    const weights = join(run, 'weights.safetensors')
    const output = JSON.parse(execFileSync(python, [script, weights, inputs], { encoding: 'utf8' }))
    for (const name of ['eager', 'chunked'])
      expect(maxAbsDifference(x_0.data, output[name].flat()), name).toBeLessThanOrEqual(1e-4)
    expect(
      maxAbsDifference(describeCard(model.card).schedule.alphaBars, output.alphaBars),
    ).toBeLessThanOrEqual(1e-6)
    expect(maxAbsDifference(output.losses.eager, output.losses.fused)).toBeLessThanOrEqual(1e-5)
    // importing torch's optimizers takes seconds
  }, 120_000)
})
