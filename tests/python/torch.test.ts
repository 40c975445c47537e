import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { networkOf, timeEmbeddingKinds } from '../../src/model/network.ts'
import { readTrainedRun, runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { folderOf } from '../helpers/folders.ts'
import { reference } from '../helpers/models.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { levelsOf } from '../helpers/networks.ts'

const { at } = folderOf('torch')

describeWith('torch', 'weights that train writes', () => {
  it.each(timeEmbeddingKinds)(
    'load with load_state_dict into a torch class (%s), which computes what we do to 1e-10',
    async (timeEmbedding) => {
      const run = at(timeEmbedding)
      await train({
        dataset: 'two-moons',
        out: run,
        recipe: 'post',
        timeEmbedding,
        steps: 20,
        engine: 'simd',
      })
      const { x_t, t } = reference.forward
      const { weights } = await readTrainedRun(run)
      const network = networkOf(weights, levelsOf(10))
      const inputs = at('inputs.json')
      writeFileSync(inputs, JSON.stringify({ T: 10, timeEmbedding: network.time, x_t, t }))
      const script = new URL('noise_predictor.py', import.meta.url).pathname
      const output = execFileSync(python, [script, runFiles(run).weights, inputs], { encoding: 'utf8' })
      const points = { data: Float64Array.from(x_t.flat()), count: x_t.length, dim: 2 }
      const ours = await referencePredictor(network, weights).predict(points, t)
      expect(maxAbsDifference(ours.data, JSON.parse(output).flat())).toBeLessThanOrEqual(1e-10)
    },
  )
})
