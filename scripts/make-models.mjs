/** Makes models/ and the README's picture from scratch, with the project's own commands: `npm run models`. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { makeDataset } from '../dist/data/datasets.js'
import { loadModel, sample } from '../dist/index.js'
import { samplesFigure } from '../dist/plot/samples.js'

const moonstep = (...args) =>
  execFileSync(process.execPath, ['dist/cli/main.js', ...args], { stdio: 'inherit' })

const run = 'models/two-moons-seed'
moonstep('train', '--out', run, '--recipe', 'seed', '--engine', 'tensorflow', '--force')
// only --resume needs the checkpoint, and the run has ended
rmSync(`${run}/checkpoint`, { recursive: true })
moonstep('export', run, '--out', `${run}/model.onnx`, '--sampler-out', `${run}/sampler.onnx`)

const { dataset, seed } = JSON.parse(readFileSync(`${run}/config.json`, 'utf8'))
const { points: data, columns } = makeDataset(dataset, seed)
const model = await loadModel(`${run}/model.onnx`)
const { points } = await sample(model, { count: data.count })
await model.dispose()
writeFileSync('docs/images/two-moons.svg', samplesFigure(data, points, columns))
