import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { maxAbsDifference, type Points, toFloat32 } from '../../src/numerics/points.ts'
import { makeDataset } from '../../src/table/datasets/index.ts'
import { encode } from '../../src/table/encodings/encode.ts'
import { type Encoding, fitEncoding } from '../../src/table/encodings/encoding.ts'
import { linearColumns } from '../../src/table/encodings/scaled.ts'
import { encodeSamples } from '../../src/table/formats/files.ts'
import { writeNpy } from '../../src/table/formats/npy.ts'
import { pointsOf, tableOf, tableOfPoints } from '../../src/table/table.ts'
import { moonstep, refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { words } from '../helpers/words.ts'
import { listed, pairwiseByDefinition, rowsOfPoints } from '../measure/oracle.ts'

const model = 'models/two-moons-seed/model.onnx'
const { at } = folderOf('evaluate')

const columns = ['x', 'y']
const moons = (rows: number, seed: number) =>
  toFloat32(pointsOf(makeDataset({ name: 'two-moons', rows, noiseLevel: 0.05 }, seed)))
const write = (name: string, points: Points, names = columns) =>
  writeFileSync(at(name), encodeSamples(name, tableOfPoints(linearColumns({ columns: names }), points)))
const json = async (...args: string[]) => {
  const { status, stdout, stderr } = await moonstep`evaluate ${args} --json`
  expect([status, stderr]).toEqual([0, expect.not.stringMatching(/moonstep:/)])
  expect(stdout.trimEnd()).not.toContain('\n')
  return JSON.parse(stdout)
}

beforeAll(async () => {
  write('data.csv', moons(400, 5))
  write('data.npy', moons(400, 5))
  write('training.csv', moons(1000, 0))
  write('small.csv', moons(60, 0))
  const five = words`--sampler-out ${at('five.onnx')} --sampler ddim --eta 0.5 --num-steps 5`
  await succeeds`export models/two-moons-seed --out ${at('m.onnx')} ${five}`
  await succeeds`sample ${model} -n 300 --out ${at('samples.csv')}`
  await succeeds`sample ${model} -n 300 --out ${at('samples.json')}`
  await succeeds`sample ${model} -n 300 --out ${at('samples.npy')}`
})

describe('evaluate', () => {
  const figures = ['slicedWasserstein2', 'energy', 'mmd2', 'density', 'coverage']

  it('prints one JSON object with the distances, also of real rows from real rows', async () => {
    const result = await json(at('samples.csv'), '--against', at('data.csv'))
    for (const object of [result, result.null, result.ratio]) {
      expect(Object.keys(object)).toEqual(expect.arrayContaining(figures))
      expect(Object.keys(object.mmd2)).toEqual(['0.1', '0.2', '0.5'])
      for (const value of [
        ...figures.filter((name) => name !== 'mmd2').map((name) => object[name]),
        ...Object.values(object.mmd2),
      ])
        expect(value).toEqual(expect.any(Number))
    }
    expect(result).toMatchObject({
      scaledBy: at('data.csv'),
      training: null,
      nearestTraining: null,
      exceeded: [],
    })
    expect(result.counts).toMatchObject({ all: [400, 300], halves: [200, 200] })
    expect(result.notes.join()).toContain('600 points of data would make the comparison equal')
    expect(result.ideal).toBeUndefined()
  })

  it.each<[string, () => Encoding, string[]]>([
    ["the data's ranges", () => fitEncoding(tableOf(moons(400, 5), columns)), []],
    ["the model's scaler", () => fitEncoding(tableOf(moons(1000, 0), columns)), ['--model', model]],
  ])('measures in the space of %s', async (_, encoding, options) => {
    const result = await json(at('samples.npy'), '--against', at('data.npy'), ...options)
    const numbers = (name: string) => {
      const bytes = readFileSync(at(name))
      const data = new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + 128, bytes.byteOffset + bytes.length),
      )
      return rowsOfPoints(encode(encoding(), tableOf({ data, count: data.length / 2, dim: 2 })))
    }
    const expected = listed(pairwiseByDefinition(numbers('data.npy'), numbers('samples.npy')))
    expect(maxAbsDifference(listed(result), expected)).toBeLessThanOrEqual(1e-9)
  })

  it('gives the same distances for the same points in each form of file', async () => {
    const csv = await json(at('samples.csv'), '--against', at('data.csv'))
    expect(await json(at('samples.json'), '--against', at('data.csv'))).toEqual(csv)
    const { energy } = await json(at('samples.npy'), '--against', at('data.npy'))
    expect(Math.abs(energy - csv.energy)).toBeLessThan(1e-6)
  })

  it('matches the columns by name, in any order', async () => {
    const { data, count } = moons(300, 9)
    const swapped = { data: data.map((_, k) => data[k ^ 1]!), count, dim: 2 }
    write('straight.csv', { data, count, dim: 2 })
    write('swapped.csv', swapped, ['y', 'x'])
    expect(await json(at('swapped.csv'), '--against', at('data.csv'))).toEqual(
      await json(at('straight.csv'), '--against', at('data.csv')),
    )
    // by a model, its columns give the order
    const result = await json(at('swapped.csv'), '--against', at('data.npy'), '--model', model)
    expect(result.slicedWasserstein2).toBe(
      (await json(at('straight.csv'), '--against', at('data.npy'), '--model', model)).slicedWasserstein2,
    )
  })

  it("holds samples against a built-in dataset's training points, made again from the card", async () => {
    const options = words`${at('samples.csv')} --against ${at('data.csv')} --model ${model}`
    const result = await json(...options)
    expect(result.training).toBe(
      "two-moons, 1,000 rows, noise 0.05, seed 0, made again from the model's card",
    )
    expect(result.nearestTraining.median).toBeGreaterThan(0.001)
    expect(result.nearestTraining.data.median).toBeGreaterThan(0.001)
    const given = await json(...options, '--train', at('training.csv'))
    // the file's decimals are those of float32
    expect(Math.abs(given.nearestTraining.median - result.nearestTraining.median)).toBeLessThan(1e-6)
    expect(given.training).toBe(at('training.csv'))
  })

  it('shows samples that were copied from the training set', async () => {
    const copied = words`${at('small.csv')} --against ${at('data.csv')} --train ${at('small.csv')}`
    const { nearestTraining } = await json(...copied)
    expect(nearestTraining).toMatchObject({ median: 0, closer: 1 })
    expect(nearestTraining.data.median).toBeGreaterThan(0)
  })

  it.each([
    [model, 'ddpm, variance fixed_small, t = 10 9 8 7 6 5 4 3 2 1'],
    [at('five.onnx'), 'ddim, eta 0.5, t = 10 8 6 4 2'],
  ])('--ideal gives the ideal denoiser a column: %s', async (file, process) => {
    const result = await json(at('samples.csv'), '--against', at('data.csv'), '--model', file, '--ideal')
    expect(Object.keys(result.ideal)).toEqual(expect.arrayContaining([...figures, 'nearestTraining']))
    expect(result.counts.ideal).toBe(300)
    expect(result.notes.join('\n')).toContain(`the ideal denoiser is sampled by ${process}`)
    // it knows the training points alone, and goes there
    expect(result.ideal.nearestTraining.median).toBeLessThan(result.nearestTraining.data.median)
  })

  it('warns if --train is not the file that the model was trained on', async () => {
    const run = at('run')
    const small = words`--recipe points --hidden 8 --steps 5 --engine simd`
    await succeeds`train --dataset ${at('small.csv')} --out ${run} ${small}`
    await succeeds`export ${run} --out ${at('csv.onnx')}`
    const options = words`evaluate ${at('small.csv')} --against ${at('small.csv')} --model ${at('csv.onnx')}`
    expect((await moonstep`${options} --train ${at('data.csv')}`).stderr).toMatch(
      /warning: \S+data\.csv is not the file that/,
    )
    expect((await moonstep`${options} --train ${at('small.csv')} --quiet`).stderr).toBe('')
    const { status, stderr } = await moonstep`${options} --ideal`
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/was not trained on a built-in dataset: give --train\n$/),
    ])
  })

  it('--ideal rounds columns of whole numbers, as sample does', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 5},${(i * i) % 4}`)
    writeFileSync(at('whole.csv'), `a,b\n${rows.join('\n')}\n`)
    const small = words`--recipe points --hidden 8 --steps 5 --engine simd`
    await succeeds`train --dataset ${at('whole.csv')} --out ${at('whole')} ${small}`
    // one step, to the mean of the points, which is none of them
    const one = words`--sampler-out ${at('whole.onnx')} --num-steps 1`
    await succeeds`export ${at('whole')} --out ${at('m.onnx')} ${one}`
    const options = words`--model ${at('whole.onnx')} --train ${at('whole.csv')} --ideal`
    const { ideal } = await json(at('whole.csv'), '--against', at('whole.csv'), ...options)
    expect(ideal.nearestTraining.median).toBeLessThan(1e-12)
  })

  it('prints a table of at most 80 columns, and notes', async () => {
    const { status, stdout, stderr } =
      await moonstep`evaluate ${at('samples.csv')} --against ${at('data.csv')} --model ${model} --ideal --quiet`
    expect([status, stderr]).toEqual([0, ''])
    const [title, ...lines] = stdout.trimEnd().split('\n')
    expect(title).toBe(`${at('samples.csv')} (300) against ${at('data.csv')} (400), scaled by ${model}`)
    expect(lines[1]).toMatch(/^ +samples +real against real +ratio +ideal$/)
    for (const name of [
      'sliced Wasserstein-2',
      'energy distance, unbiased',
      'MMD², bandwidth 0.2',
      'coverage',
      'nearest training point',
    ])
      expect(stdout).toMatch(new RegExp(`^${name}.* \\S+ +\\S+ +\\S+ +\\S+$`, 'm'))
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('--max-ratio: 0 where the samples are good enough, 1 where they are not, and says what exceeds it', async () => {
    const bad = moons(300, 6)
    write('bad.csv', { ...bad, data: bad.data.map((x, k) => x + 0.3 * Math.sin(977 * k)) })
    const good = await moonstep`evaluate ${at('samples.csv')} --against ${at('data.csv')} --max-ratio 50`
    expect([good.status, good.stderr]).toEqual([0, expect.stringMatching(/^within --max-ratio 50\nnext: /m)])
    const { status, stdout, stderr } =
      await moonstep`evaluate ${at('bad.csv')} --against ${at('data.csv')} --max-ratio 1.5 --json`
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /^sliced Wasserstein-2 is \d\S* times real against real: more than --max-ratio 1\.5$/m,
    )
    expect(stderr).toMatch(/^the energy distance \(V\) is \d\S* times real against real/m)
    const { exceeded, ratio, maxRatio } = JSON.parse(stdout)
    expect([exceeded, maxRatio]).toEqual([['slicedWasserstein2', 'energyV'], 1.5])
    expect(ratio.slicedWasserstein2).toBeGreaterThan(1.5)
    // between the two, one of them alone
    const between = String((ratio.slicedWasserstein2 + ratio.energyV) / 2)
    const one =
      await moonstep`evaluate ${at('bad.csv')} --against ${at('data.csv')} --max-ratio ${between} --json`
    expect([one.status, JSON.parse(one.stdout).exceeded]).toEqual([1, ['energyV']])
  })
})

describe('a wrong call is one line that says what would be right, exit 2', () => {
  const good = () => words`${at('samples.csv')} --against ${at('data.csv')}`
  beforeAll(() => {
    write('few.csv', moons(11, 1))
    writeFileSync(at('other.csv'), 'a,b\n1,2\n3,4\n')
    writeFileSync(at('three.csv'), 'x,y,z\n1,2,3\n4,5,6\n')
    writeFileSync(at('nan.csv'), 'x,y\n1,2\n3,nan\n')
    writeFileSync(at('constant.csv'), `x,y\n${'1,2\n3,2\n'.repeat(10)}`)
    writeFileSync(at('truncated.npy'), writeNpy(new Float32Array(200), [100, 2]).subarray(0, 600))
    writeFileSync(at('nan.npy'), writeNpy(new Float32Array(200).fill(Number.NaN, 7, 8), [100, 2]))
    writeFileSync(at('bad.json'), '[{"x": 1, "y": null}]')
    write('far.npy', { ...moons(50, 1), data: moons(50, 1).data.map((x, k) => (k === 9 ? 3e38 : x)) })
  })

  it.each<[string, () => string[], RegExp]>([
    ['no samples', () => ['--against', at('data.csv')], /evaluate needs <samples>/],
    ['no data', () => [at('samples.csv')], /--against is missing/],
    [
      'no file of samples',
      () => words`nowhere.csv --against ${at('data.csv')}`,
      /: nowhere\.csv: there is no such file/,
    ],
    [
      'no file of data',
      () => words`${at('samples.csv')} --against nowhere.csv`,
      /--against nowhere\.csv: there is no/,
    ],
    ['no model', () => words`${good()} --model nowhere.onnx`, /--model nowhere\.onnx: there is no such file/],
    [
      'no training points',
      () => words`${good()} --train nowhere.csv`,
      /--train nowhere\.csv: there is no such file/,
    ],
    ['a model that is none', () => words`${good()} --model package.json`, /package\.json is no ONNX file/],
    ['a folder', () => words`${good()} --model models`, /--model models: that is a folder/],
    [
      'a wrong ending',
      () => words`${at('samples.csv')} --against data.pdf`,
      /--against data\.pdf: .*must end in/,
    ],
    ['a mistyped ending', () => words`samples.cvs --against ${at('data.csv')}`, /did you mean \.csv\?/],
    [
      'other columns',
      () => words`${at('other.csv')} --against ${at('data.csv')}`,
      /other\.csv has a column a, which .*data\.csv does not have/,
    ],
    [
      'another number of columns',
      () => words`${at('three.csv')} --against ${at('data.csv')}`,
      /three\.csv has 3 columns, .* has 2/,
    ],
    [
      'training points of other columns',
      () => words`${good()} --train ${at('other.csv')}`,
      /other\.csv has a column a/,
    ],
    [
      'data of other columns than the model',
      () => words`${at('three.csv')} --against ${at('three.csv')} --model ${model}`,
      /model\.onnx has 2/,
    ],
    [
      'too few samples',
      () => words`${at('few.csv')} --against ${at('data.csv')}`,
      /few\.csv has 11 points: give at least 12/,
    ],
    [
      'too few points of data',
      () => words`${at('samples.csv')} --against ${at('few.csv')}`,
      /few\.csv has 11 points: give at least 12/,
    ],
    ['a NaN in .npy', () => words`${at('nan.npy')} --against ${at('data.csv')}`, /nan\.npy has no column x/],
    ['one row in JSON', () => words`${at('bad.json')} --against ${at('data.csv')}`, /bad\.json has one row/],
    [
      'a truncated .npy file',
      () => words`${at('truncated.npy')} --against ${at('data.csv')}`,
      /truncated\.npy has 472 bytes .*not the 800/,
    ],
    [
      'a column of one value',
      () => words`${at('samples.csv')} --against ${at('constant.csv')}`,
      /column y has only the value 2/,
    ],
    ['--ideal without --model', () => [...good(), '--ideal'], /--ideal needs .* give --model/],
    ['a ratio of 0', () => words`${good()} --max-ratio 0`, /--max-ratio 0: give a number above 0/],
    ['a ratio that is no number', () => words`${good()} --max-ratio two`, /--max-ratio two is not a number/],
    [
      'an infinite ratio',
      () => words`${good()} --max-ratio 1e999`,
      /--max-ratio 1e999: give a number above 0/,
    ],
    ['a ratio without its value', () => [...good(), '--max-ratio'], /--max-ratio needs a value/],
    ['a mistyped option', () => words`${good()} --agianst x`, /--agianst \(did you mean --against\?\)/],
  ])('%s', async (_, args, message) => {
    await refuses(words`evaluate ${args()}`, message)
  })
})

it('measures samples that are very far away', async () => {
  const { slicedWasserstein2, ratio } = await json(at('far.npy'), '--against', at('data.csv'))
  expect(slicedWasserstein2).toBeGreaterThan(1e30)
  expect(ratio.energyV).toBeGreaterThan(1e30)
})
