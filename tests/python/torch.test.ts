import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { maxAbsDifference } from '../../src/core/points.ts'
import { networkOf } from '../../src/model/network.ts'
import { referencePredictor } from '../../src/model/reference.ts'
import { readTrainedRun, runFiles } from '../../src/model/run-folder.ts'
import { train } from '../../src/train/train.ts'
import { reference } from '../helpers/models.ts'
import { describeWith, python } from '../helpers/needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-torch-'))
afterAll(() => rmSync(folder, { recursive: true }))

describeWith('torch', 'weights that train writes', () => {
  it("load with load_state_dict into the post's class, which computes what we do to 1e-10", async () => {
    const run = join(folder, 'run')
    await train({ out: run, recipe: 'seed', steps: 20, engine: 'tfjs-wasm' })
    const { x_t, t } = reference.forward
    const inputs = join(folder, 'inputs.json')
    writeFileSync(inputs, JSON.stringify({ T: 10, x_t, t }))
    const script = new URL('noise_predictor.py', import.meta.url).pathname
    const output = execFileSync(python, [script, runFiles(run).weights, inputs], { encoding: 'utf8' })
    const { weights } = await readTrainedRun(run)
    const points = { data: Float64Array.from(x_t.flat()), count: x_t.length, dim: 2 }
    const ours = await referencePredictor(networkOf(weights, 10), weights).predict(points, t)
    expect(maxAbsDifference(ours.data, JSON.parse(output).flat())).toBeLessThanOrEqual(1e-10)
  })
})
