/**
 * Makes models/ from scratch, with the project's own commands: `npm run models`.
 * Each built-in dataset by the default recipe, two moons also by the post's, and a student of two moons' model;
 * models/quality.json says how close each model's samples are to fresh points. Also two tables of bench/data, with their
 * training rows and held-out rows; models/tables.json says how close their samples are to the latter.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sample } from '../dist/infer/sample.js'
import { closenessOf } from '../dist/measure/closeness.js'
import { loadModel } from '../dist/node/providers.js'
import { readRunConfig, readRunTable } from '../dist/node/run-folder.js'
import { datasetNames, makeDataset } from '../dist/table/datasets/index.js'
import { encodeSamples } from '../dist/table/formats/files.js'

/** The number of samples; they are compared with twice as many fresh points, so that half of those is as large. */
const count = 10_000

const folder = mkdtempSync(join(tmpdir(), 'moonstep-models-'))
const moonstep = (...args) =>
  execFileSync(process.execPath, ['dist/cli/main.js', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** Trains and exports into models/; returns the quality of the samples. */
function make(name, ...command) {
  const run = `models/${name}`
  moonstep(...command, '--out', run, '--engine', 'tensorflow', '--force')
  // only --resume needs the checkpoint, and the run is complete
  rmSync(`${run}/checkpoint`, { recursive: true })
  const model = `${run}/model.onnx`
  moonstep('export', run, '--out', model, '--sampler-out', `${run}/sampler.onnx`)
  const config = JSON.parse(readFileSync(`${run}/config.json`, 'utf8'))
  const fresh = makeDataset({ ...config.dataset, rows: 2 * count }, config.seed + 1)
  const [samples, data] = [join(folder, 'samples.npy'), join(folder, 'data.npy')]
  writeFileSync(data, encodeSamples(data, fresh))
  moonstep('sample', model, '-n', String(count), '--out', samples)
  const figures = JSON.parse(moonstep('evaluate', samples, '--against', data, '--model', model, '--json'))
  const { slicedWasserstein2, energy, mmd2, density, coverage, nearestTraining } = figures
  return {
    dataset: config.dataset,
    recipe: config.training.recipe,
    sampler: config.sampler,
    numSteps: config.numSteps,
    samples: count,
    data: 2 * count,
    ...{ slicedWasserstein2, energy, mmd2, density, coverage, nearestTraining },
    null: figures.null,
  }
}

/** The number of samples of a table that are compared with its held-out rows. */
const tableCount = 5000

/** Trains on a table and exports into models/; returns how close its samples, and its training rows, are to the held-out rows. */
async function makeTable(name, rows) {
  const [run, file] = [`models/${name}`, join(folder, `${name}.csv`)]
  writeFileSync(file, rows)
  const training = ['train', '--dataset', file, '--holdout', '0.2', '--out', run, '--engine', 'tensorflow']
  moonstep(...training, '--force')
  rmSync(`${run}/checkpoint`, { recursive: true })
  moonstep('export', run, '--out', `${run}/model.onnx`, '--sampler-out', `${run}/sampler.onnx`)
  const config = await readRunConfig(run)
  const [holdout, train] = await Promise.all(
    ['holdout', 'train'].map((part) => readRunTable(`${run}/${part}.csv`, config)),
  )
  const model = await loadModel(`${run}/sampler.onnx`)
  const { table } = await sample(model, { count: tableCount })
  await model.dispose()
  const likeness = (rows) => {
    const { shapes, trends } = closenessOf(holdout, rows)
    return { shapes, trends }
  }
  const ofSamples = likeness({ name: 'the samples', ...table })
  return { recipe: 'table', against: 'holdout', rows: holdout.count, ...ofSamples, real: likeness(train) }
}

/** The lines of a table in bench/data: its header, and every `step`th row. */
function rowsOf(name, step = 1) {
  const [head, ...rows] = gunzipSync(readFileSync(`bench/data/${name}.csv.gz`))
    .toString()
    .trim()
    .split('\n')
  return `${[head, ...rows.filter((_, i) => i % step === 0)].join('\n')}\n`
}

const quality = { 'two-moons-seed': make('two-moons-seed', 'train', '--recipe', 'post') }
for (const name of datasetNames) quality[name] = make(name, 'train', '--dataset', name)
quality['two-moons-student'] = make('two-moons-student', 'distill', 'models/two-moons')
writeFileSync('models/quality.json', `${JSON.stringify(quality, null, 2)}\n`)
const tables = {
  penguins: await makeTable('penguins', rowsOf('penguins')),
  // every fourth row is enough to learn from
  census: await makeTable('census', rowsOf('census', 4)),
}
writeFileSync('models/tables.json', `${JSON.stringify(tables, null, 2)}\n`)
rmSync(folder, { recursive: true })
