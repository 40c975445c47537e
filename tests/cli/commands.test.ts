import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { internalsOf } from '../../src/infer/model.ts'
import { sessionPredictor } from '../../src/infer/session.ts'
import { loadModel } from '../../src/node/providers.ts'
import { train } from '../../src/node/training.ts'
import { maxAbsDifference, pointsFromRows } from '../../src/numerics/points.ts'
import { moonstep, refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { goldenPath } from '../helpers/golden.ts'
import { reference } from '../helpers/models.ts'
import { words } from '../helpers/words.ts'

const seedModel = 'models/two-moons-seed/model.onnx'
const seedSampler = 'models/two-moons-seed/sampler.onnx'
const { folder, at } = folderOf('cli')

const numbers = (csv: string): number[] => csv.trim().split('\n').slice(1).join(',').split(',').map(Number)

describe('train, export, sample', () => {
  const run = at('run')
  const training = words`train --recipe post --out ${run} --rows 50 --hidden 16 --steps 40 --engine simd`

  beforeAll(async () => {
    await succeeds(...training)
    await succeeds`export ${run} --out ${at('model.onnx')} --sampler-out ${at('sampler.onnx')}`
  })

  it('train --json prints one JSON object on stdout and its messages on stderr', async () => {
    const { status, stdout, stderr } = await moonstep`${training} --force --json`
    expect(status).toBe(0)
    const result = JSON.parse(stdout)
    expect(Object.keys(result)).toEqual(['run', 'engine', 'steps', 'seconds', 'secondsPerStep', 'finalLoss'])
    expect(result).toMatchObject({ run, engine: 'simd', steps: 40 })
    expect(stderr).toMatch(/trained 40 steps on simd/)
  })

  it('train refuses to overwrite a run', async () => {
    const { status, stderr } = await moonstep(...training)
    expect([status, stderr]).toEqual([2, expect.stringMatching(/already has a run.*--resume.*--force/)])
  })

  it('export --json lists the files that it wrote', async () => {
    const { stdout } = await moonstep`export ${run} --out ${at('again.onnx')} --json`
    const bytes = readFileSync(at('again.onnx'))
    expect(JSON.parse(stdout)).toEqual({ model: at('again.onnx'), sampler: null, bytes: bytes.length })
    expect(bytes.equals(readFileSync(at('model.onnx')))).toBe(true)
  })

  it('export refuses the ending of several tables', async () => {
    const line = words`export ${run} --out ${at('model.moonstep')}`
    await refuses(line, /a \.moonstep file has the models of several tables.*give a file that ends in \.onnx/)
    expect(existsSync(at('model.moonstep'))).toBe(false)
  })

  it('sample draws the same from both files, to a file or to stdout', async () => {
    const options = words`-n 50 --seed 3`
    const { stdout } = await moonstep`sample ${at('model.onnx')} ${options}`
    expect(stdout.split('\n')[0]).toBe('x,y')
    const whole = await moonstep`sample ${at('sampler.onnx')} ${options} --out ${at('samples.csv')} --json`
    expect(JSON.parse(whole.stdout)).toMatchObject({
      out: at('samples.csv'),
      count: 50,
      provider: 'cpu',
      adapter: null,
      onnxruntime: expect.stringMatching(/^\d+\.\d+/),
      threads: expect.any(Number),
      seconds: expect.any(Number),
    })
    expect(numbers(stdout)).toHaveLength(100)
    // scaled space is about half of data units here
    expect(
      maxAbsDifference(numbers(readFileSync(at('samples.csv'), 'utf8')), numbers(stdout)),
    ).toBeLessThanOrEqual(1e-4)
  })

  it('sample writes trajectories that begin with x_T', async () => {
    const { status } =
      await moonstep`sample ${at('model.onnx')} -n 3 --out ${at('s.json')} --trajectory ${at('t.csv')}`
    expect(status).toBe(0)
    const lines = readFileSync(at('t.csv'), 'utf8').trim().split('\n')
    expect(lines[0]).toBe('sample,step,t,x,y')
    expect(lines).toHaveLength(1 + 3 * 11)
    expect(lines[1]).toMatch(/^0,0,10,/)
    const last = lines[11]!.split(',').map(Number)
    expect(last.slice(0, 3)).toEqual([0, 10, 0])
    const [first] = JSON.parse(readFileSync(at('s.json'), 'utf8'))
    expect([first.x, first.y]).toEqual(last.slice(3))
  })

  it('export and sample take every sampler, and both files draw the same', async () => {
    for (const choice of [
      words`--sampler ddim --num-steps 5`,
      words`--sampler ddim --eta 0.5 --timesteps 10,6,2`,
      words`--sampler dpmsolver++ --num-steps 5`,
      words`--sampler dpmsolver++ --order 1 --num-steps 5`,
    ]) {
      const files = words`--out ${at('m.onnx')} --sampler-out ${at('s.onnx')}`
      await succeeds`export ${run} ${files} ${choice}`
      const [one, whole] = [
        await moonstep`sample ${at('m.onnx')} -n 20 ${choice}`,
        await moonstep`sample ${at('s.onnx')} -n 20`,
      ]
      expect([one.status, whole.status]).toEqual([0, 0])
      expect(maxAbsDifference(numbers(one.stdout), numbers(whole.stdout))).toBeLessThanOrEqual(1e-4)
      expect((await moonstep`info ${at('s.onnx')}`).stdout).toContain(choice[1])
    }
  })

  it('dpmsolver++ of order 2 with one step warns that it is of order 1, and draws the same samples', async () => {
    const draw = async (...options: string[]) =>
      await moonstep`sample ${at('model.onnx')} -n 5 --sampler dpmsolver++ --num-steps 1 ${options}`
    const [second, first] = [await draw(), await draw('--order', '1')]
    expect(second.stderr).toMatch(/warning: dpmsolver\+\+ of order 2 in one step is of order 1/)
    expect(first.stderr).not.toMatch(/warning/)
    expect(second.stdout).toBe(first.stdout)
  })

  it('train accepts each prediction type, time embedding and loss weighting, and the models can be sampled', async () => {
    for (const [predictionType, timeEmbedding, weighting] of [
      ['v_prediction', 'sinusoidal_mlp', 'min_snr'],
      ['sample', 'one_hot_linear', 'none'],
    ] as const) {
      const kind = at(`run-${predictionType}`)
      const options = words`--prediction-type ${predictionType} --time-embedding ${timeEmbedding}`
      const [, ...rest] = training
      const out = rest.map((word) => (word === run ? kind : word))
      await succeeds`train ${out} ${options} --loss-weighting ${weighting}`
      await succeeds`export ${kind} --out ${at('kind.onnx')}`
      const { stdout } = await moonstep`info ${at('kind.onnx')}`
      expect(stdout).toContain(`noise predictor (${predictionType})`)
      expect(stdout).toContain(timeEmbedding)
      const drawn = await moonstep`sample ${at('kind.onnx')} -n 5`
      expect([drawn.status, numbers(drawn.stdout).every(Number.isFinite)]).toEqual([0, true])
      const resumed = await moonstep`train --out ${kind} --resume --prediction-type epsilon`
      expect([resumed.status, resumed.stderr]).toEqual([2, expect.stringMatching(/predictionType is/)])
    }
  })

  it('export --trajectory makes a sampler.onnx that returns trajectories', async () => {
    await succeeds`export ${run} --out ${at('m.onnx')} --sampler-out ${at('st.onnx')} --trajectory`
    await succeeds`sample ${at('st.onnx')} -n 2 --out ${at('s.npy')} --trajectory ${at('t.npy')}`
    expect(readFileSync(at('t.npy')).toString('latin1')).toContain("'shape': (11, 2, 2)")
    await refuses(words`sample ${at('sampler.onnx')} --trajectory ${at('u.npy')}`, /--trajectory/)
  })
})

describe('a CSV file with a column of whole numbers', () => {
  it('is sampled in whole numbers, inside its ranges with --clip, and the command says so', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 9};${String(i / 8).replace('.', ',')}`)
    writeFileSync(at('people.csv'), `age;size\n${rows.join('\n')}\n`)
    const small = words`--recipe points --hidden 8 --steps 30 --engine simd`
    await succeeds`train --dataset ${at('people.csv')} --out ${at('people')} ${small}`
    await succeeds`export ${at('people')} --out ${at('people.onnx')}`
    const { stdout, stderr } = await moonstep`sample ${at('people.onnx')} -n 200 --clip`
    expect(stderr).toContain('rounded to whole numbers, as the data has them: age\n')
    const samples = stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number))
    expect(samples).toHaveLength(200)
    for (const [age, size] of samples) {
      expect(Number.isInteger(age) && age! >= 0 && age! <= 8).toBe(true)
      expect(size! >= 0 && size! <= 39 / 8).toBe(true)
    }
  })
})

describe('weights trained in PyTorch', () => {
  it('can be exported with a config.json of four lines, and give the golden outputs to 1e-5', async () => {
    const run = at('torch')
    mkdirSync(run)
    copyFileSync(goldenPath('noise_predictor.safetensors'), join(run, 'weights.safetensors'))
    const { T, schedule, scaler } = reference
    writeFileSync(join(run, 'config.json'), JSON.stringify({ T, schedule, scaler }, null, 1))
    await succeeds`export ${run} --out ${at('torch.onnx')}`
    expect((await moonstep`sample ${at('torch.onnx')} -n 2`).stdout).toMatch(/^x0,x1\n/)
    const model = await loadModel(at('torch.onnx'))
    const { x_t, t, epsilon } = reference.forward
    const output = await sessionPredictor(internalsOf(model).session, 'epsilon').predict(
      pointsFromRows(x_t),
      t,
    )
    expect(maxAbsDifference(output.data, epsilon.flat())).toBeLessThanOrEqual(1e-5)
    await model.dispose()
  })
})

describe('info', () => {
  it('shows the card, the graph and the self-test', async () => {
    const { status, stdout } = await moonstep`info ${seedModel}`
    expect(status).toBe(0)
    for (const part of [
      'two-moons, 1,000 rows',
      'polynomial',
      '3-100-100-100-20-2',
      'Gemm 6',
      'holds        This file holds the smallest and the largest value of each column, as files of built-in datasets',
      'self-test    passed on cpu',
    ])
      expect(stdout).toContain(part)
  })

  it('prints the same as JSON', async () => {
    const printed = (await moonstep`info ${seedSampler} --json`).stdout
    const { kind, card, graph, selfTest, modelFileSentence } = JSON.parse(printed)
    expect(kind).toBe('sampler')
    expect(modelFileSentence).toContain('built-in datasets')
    expect(card.sampler.timesteps).toHaveLength(10)
    expect(graph.outputs).toEqual(['x_0', 'samples'])
    expect(selfTest.pass).toBe(true)
  })

  it('says whether the file holds values of single rows, and names the exceptions', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      age: (i * i) % 47,
      mail: `m${i}@example.org`,
      kind: i % 2 ? 'a' : 'b',
    }))
    const quick = {
      recipe: 'table',
      steps: 2,
      hidden: [8],
      candidates: 1,
      onNote() {},
      onWarning() {},
    } as const
    const holdsOf = async (name: string, options: object) => {
      await train({ dataset: rows, ...quick, ...options, out: at(name) })
      const text = (await moonstep`info ${at(name)}`).stdout
      const { modelFileSentence } = JSON.parse((await moonstep`info ${at(name)} --json`).stdout)
      expect(text).toContain(`holds        ${modelFileSentence}`)
      return modelFileSentence
    }
    const whole = 'of three training rows or more.'
    expect(await holdsOf('held', { drop: ['mail'] })).toBe(
      `This file holds no value of a single row: whatever it holds is ${whole}`,
    )
    const allowed = { types: { mail: 'category' }, allowRareNames: true, rules: ['age >= 0'] }
    expect(await holdsOf('held-names', allowed)).toBe(
      `This file holds no value of a single row but names of mail, which were allowed: whatever else it holds is ${whole} Rules and formats that were stated are in it as they were written.`,
    )
    const early = (await moonstep`info tests/golden/table_sampler_format_3.onnx`).stdout
    expect(early).toContain(
      'holds        An earlier version wrote this file: values of single rows may be in it.',
    )
  })
})

describe('a wrong call is one line that says what would be right, exit 2, and writes nothing', () => {
  const out = at('never')
  it.each<[string, string[], RegExp]>([
    ['no such file', ['sample', 'nowhere.onnx'], /no file nowhere\.onnx: give/],
    [
      'a mistyped file',
      ['sample', 'models/two-moons-seed/modle.onnx'],
      /no file \S+modle\.onnx \(did you mean model\.onnx\?\)/,
    ],
    ['a folder', ['sample', 'models'], /models: that is a folder: give a model\.onnx/],
    ['a file that is no model', ['info', 'package.json'], /package\.json is no ONNX file/],
    ['a negative count', words`sample ${seedModel} -n -5`, /: -n -5: give a whole number from 1 to/],
    ['a huge count', words`sample ${seedModel} -n 1e99`, /: -n 1e99: give a whole number from 1 to/],
    [
      'an unknown provider',
      words`sample ${seedModel} --provider gpu`,
      /unknown provider gpu: choose from cpu, cuda, webgpu, wasm, /,
    ],
    [
      'an unknown ending',
      words`sample ${seedModel} --out ${out}`,
      /must end in \.csv or \.tsv or \.json or \.jsonl or \.parquet or \.npy/,
    ],
    [
      'too many steps',
      words`sample ${seedModel} --num-steps 11`,
      /: --num-steps 11: give a whole number from 1 to 10/,
    ],
    ['another process than the graph holds', words`sample ${seedSampler} --num-steps 4`, /holds ddpm/],
    [
      'eta with dpmsolver++',
      words`sample ${seedModel} --sampler dpmsolver++ --eta 0.5`,
      /dpmsolver\+\+ has no eta: leave it out, or choose the sampler ddim/,
    ],
    ['eta above 1', words`sample ${seedModel} --sampler ddim --eta 2`, /: --eta 2: give a number from 0/],
    ['order 3', words`sample ${seedModel} --sampler dpmsolver++ --order 3`, /: --order 3: give 1 or 2/],
    [
      'a variance for ddim',
      words`sample ${seedModel} --sampler ddim --variance fixed_large`,
      /ddim has no variance/,
    ],
    [
      'a recipe by its former name',
      words`train --out ${out} --recipe seed`,
      /--recipe seed: it is now called post/,
    ],
    [
      'no hidden width',
      words`train --out ${out} --hidden 9,0`,
      /--hidden 9,0 has 0: give whole numbers from 1/,
    ],
    [
      'steps twice',
      words`sample ${seedModel} --num-steps 2 --timesteps 10,5`,
      /give --num-steps or --timesteps, not both/,
    ],
    ['rising timesteps', words`sample ${seedModel} --timesteps 5,10`, /give them in descending order/],
    ['an unknown prediction type', words`train --out ${out} --prediction-type noise`, /choose from epsilon/],
    ['an empty folder name', words`train --out ${''}`, /: --out needs a value/],
    ['a mistyped ending', words`sample ${seedModel} --out x.cvs`, /did you mean \.csv\?/],
    ['a mistyped schedule', words`train --out ${out} --schedule karas`, /did you mean karras\?/],
    ['a mistyped dataset', words`train --out ${out} --dataset circle`, /did you mean circles\?/],
    ['a CSV file that is not there', words`train --out ${out} --dataset no.csv`, /no file no\.csv/],
    ['T of 0', words`train --out ${out} --timesteps 0`, /: --timesteps 0: give a whole number from 1 to/],
    [
      'a huge number of steps',
      words`train --out ${out} --steps 1e99`,
      /: --steps 1e99: give a whole number from 1 to/,
    ],
    [
      '--resume beside --force',
      words`train --out models/two-moons-seed --resume --force`,
      /exclude each other/,
    ],
    ['an unknown schedule', words`train --out ${out} --schedule cosine`, /choose from linear, .*karras/],
    ['a parameter of another schedule', words`train --out ${out} --power 3`, /karras has no --power/],
    ['a beta of 1', words`train --out ${out} --recipe post --beta-end 1`, /beta_10 is 1/],
    [
      'hidden widths that are no numbers',
      words`train --out ${out} --hidden 3,x`,
      /--hidden 3,x: 'x' is not a number/,
    ],
    ['betas without betas', words`train --out ${out} --schedule {"kind":"betas"}`, /--schedule: betas/],
    ['a run that is none', ['export', 'src'], /src is no run folder: it has no config\.json/],
    ['a sampler option without a sampler', words`export x --num-steps 3`, /give --sampler-out/],
  ])('%s', async (_, args, message) => {
    await refuses(args, message)
    expect(existsSync(out)).toBe(false)
  })

  it('--verbose adds the stack', async () => {
    expect((await moonstep`info nowhere.onnx --verbose`).stderr).toMatch(/\n\s+at /)
  })
})

it('no command leaves temporary files', () => {
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})
