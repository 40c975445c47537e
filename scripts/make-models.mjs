/** Makes models/ from scratch, with the CLI's own commands: `npm run models`. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'

const moonstep = (...args) => execFileSync(process.execPath, ['dist/cli/main.js', ...args], { stdio: 'inherit' })

const run = 'models/two-moons-seed'
moonstep('train', '--out', run, '--recipe', 'seed', '--engine', 'tensorflow', '--force')
// only --resume needs the checkpoint, and the run has ended
rmSync(`${run}/checkpoint`, { recursive: true })
moonstep('export', run, '--out', `${run}/model.onnx`, '--sampler-out', `${run}/sampler.onnx`)
