import { existsSync, readFileSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { shortFloat32 } from '../../src/core/format.ts'
import { sample } from '../../src/infer/sample.ts'
import { readSafetensors } from '../../src/model/weights.ts'
import { exportModel } from '../../src/node/export.ts'
import { loadModel } from '../../src/node/providers.ts'
import { runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import { parseCsv, pointsToCsv } from '../../src/table/formats/csv.ts'
import { pointsOf } from '../../src/table/table.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { stoppingAfter } from '../helpers/engines.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'

const { folder, at, written } = folderOf('csv')

const text = `age,height\n${Array.from({ length: 90 }, (_, i) => `${20 + (i % 50)},${1.5 + (i % 7) / 16}`).join('\n')}\n`
const options = {
  recipe: 'points',
  hidden: [8],
  steps: 60,
  engine: 'simd',
  onWarning: () => {},
} as const
const configOf = (run: string) => JSON.parse(readFileSync(runFiles(at(run)).config, 'utf8'))

describe('training on a CSV file', () => {
  it('samples whole numbers in columns of whole numbers, and clips to the ranges if asked', async () => {
    await train({ ...options, dataset: written('people.csv', text), out: at('run') })
    const config = configOf('run')
    expect(config).toMatchObject({
      columns: ['age', 'height'],
      integerColumns: ['age'],
      dataset: { file: 'people.csv', rows: 90, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      // the means of the outermost three
      scaler: { min: [61 / 3, 1.5], max: [68, 1.875] },
    })
    expect(JSON.stringify(config)).not.toContain(folder)
    await exportModel({ run: at('run'), out: at('model.onnx'), samplerOut: at('sampler.onnx') })
    for (const file of ['model.onnx', 'sampler.onnx']) {
      await using model = await loadModel(at(file))
      const free = await sample(model, { count: 300 })
      const clipped = await sample(model, { count: 300, clip: true })
      const column = (data: Float32Array, d: number) => Array.from(data).filter((_, k) => k % 2 === d)
      const [ages, heights] = [column(clipped.points.data, 0), column(clipped.points.data, 1)]
      expect(column(free.points.data, 0).every(Number.isInteger)).toBe(true)
      expect(column(free.points.data, 1).some((x) => x < 1.5 || x > 1.875)).toBe(true)
      expect(ages.every((x) => Number.isInteger(x) && x >= 20 && x <= 68)).toBe(true)
      expect(heights.every((x) => x >= 1.5 && x <= 1.875)).toBe(true)
      expect(pointsToCsv(clipped.points, ['age', 'height']).split('\n')[1]).toMatch(/^\d+,1\.\d+$/)
    }
  })

  const cells = (i: number) => `${['a', 'b', ''][i % 3]},${i % 7 === 0 ? '' : i / 4},${i % 5}`
  const mixed = `name,size,count\n${Array.from({ length: 90 }, (_, i) => cells(i)).join('\n')}\n`

  it.each<[string, string, Partial<TrainRequest>]>([
    ['of points', text, {}],
    ['of a table with gaps and held-out rows', mixed, { recipe: undefined, hidden: [16, 16], holdout: 0.2 }],
  ])('continues a stopped run %s without the file, to the bits of an unbroken run', async (_, csv, more) => {
    const request = { ...options, ...more, dataset: written('gone.csv', csv), batchSize: 16, force: true }
    await train({ ...request, out: at('whole') })
    const broken = train({ ...request, out: at('broken'), ...stoppingAfter(25) })
    await expect(broken).rejects.toThrow('stopped')
    rmSync(at('gone.csv'))
    await train({ resume: true, out: at('broken') })
    const [whole, continued] = [runFiles(at('whole')), runFiles(at('broken'))]
    for (const [file, path] of Object.entries(continued).filter(([, path]) => existsSync(path)))
      expect(readFileSync(path).equals(readFileSync(whole[file as 'config'])), file).toBe(true)
    expect([whole, continued].map(({ holdout }) => existsSync(holdout))).toEqual(
      Array(2).fill('holdout' in more),
    )
  })

  it('distinguishes large numbers that float32 would merge', async () => {
    const stamps = Array.from({ length: 50 }, (_, i) => 1_700_000_000 + i)
    const dataset = written('large.csv', `stamp\n${stamps.join('\n')}\n`)
    await train({ ...options, steps: 1, dataset, types: { stamp: 'integer' }, out: at('large') })
    expect(configOf('large').scaler).toMatchObject({ min: [1_700_000_001], max: [1_700_000_048] })
    const points = readSafetensors(readFileSync(runFiles(at('large')).data)).tensors.get('x_0')!.data
    expect(new Set(points).size).toBe(50)
  })

  it.each<[string, string, RegExp]>([
    ['bad.csv', 'a,b\n1,2\n3,x\n', /bad\.csv, column b is a category: a recipe of points takes only numbers/],
    ['constant.csv', 'a,b\n1,2\n1,3\n', /column a has only the value 1 and cannot be scaled: leave it out/],
    ['empty.csv', '', /empty\.csv is empty/],
  ])('refuses %s and writes nothing', async (name, content, message) => {
    const dataset = written(name, content)
    await expectRejected(() => train({ ...options, dataset, out: at('never') }), message)
    expect(existsSync(at('never'))).toBe(false)
  })

  it('refuses a missing file, a number of rows for a file, and an unknown dataset', async () => {
    const refused = (more: Pick<TrainRequest, 'dataset' | 'rows'>) => () =>
      train({ ...options, out: at('never'), ...more })
    await expectRejected(
      refused({ dataset: at('nowhere.csv') }),
      /there is no file .*nowhere\.csv.*two-moons/,
    )
    const people = written('people.csv', text)
    await expectRejected(refused({ dataset: people, rows: 5 }), /`rows` and `noiseLevel` are for built-in/)
    await expectRejected(
      refused({ dataset: 'two-mons' }),
      /unknown dataset two-mons \(did you mean two-moons\?\)/,
    )
  })
})

describe('training on rows in memory', () => {
  const rows = parseCsv(text, 'people.csv')
  const [ages, heights] = rows.columns.map(({ cells }) => cells)
  const objects = Array.from({ length: 90 }, (_, i) => ({ age: ages![i]!, height: heights![i]! }))

  it('gives the weights and the config of the same rows in a file, except for their source', async () => {
    const fromFile = await train({ ...options, dataset: written('rows.csv', text) })
    const { dataset, ...expected } = fromFile.config
    for (const source of [objects, rows]) {
      const { config, weights } = await train({ ...options, dataset: source })
      expect(config).toEqual(expected)
      expect(weights).toEqual(fromFile.weights)
    }
  })

  it('takes points without names for their columns', async () => {
    const { config } = await train({ ...options, steps: 1, dataset: pointsOf(rows) })
    expect(config).toMatchObject({ columns: ['x0', 'x1'], integerColumns: ['x0'] })
  })

  it('returns a finished run without its rows, if it is to be continued', async () => {
    const whole = await train({ ...options, dataset: objects, out: at('rows') })
    const { weights, finalLoss, history } = await train({ resume: true, out: at('rows') })
    expect({ weights, finalLoss, history }).toEqual({
      weights: whole.weights,
      finalLoss: whole.finalLoss,
      history: whole.history,
    })
  })

  it.each([
    ['points', { data: Float32Array.from({ length: 80 }, (_, k) => k / 7), count: 40, dim: 2 }],
    ['a built-in dataset', 'two-moons'],
  ])(
    'writes the float32 numbers of %s as the shortest decimals that read back the same',
    async (_, dataset) => {
      await train({ ...options, steps: 1, dataset, holdout: 0.2, force: true, out: at('singles') })
      const files = runFiles(at('singles'))
      for (const file of [files.train, files.holdout]) {
        const cells = readFileSync(file, 'utf8').trim().split('\n').slice(1).join().split(',')
        expect(cells).toEqual(cells.map((cell) => String(shortFloat32(Number(cell)))))
      }
    },
  )

  it.each<[string, unknown, RegExp, object?]>([
    ['an empty array', [], /dataset is no array of points/],
    ['a missing cell', [{ x: 1 }, { x: 1, y: 2 }], /^dataset, row 1, column y: the cell is empty: a recipe/],
    ['a word', [{ x: 1 }, { x: 'two' }], /dataset, column x is a category: a recipe of points takes only/],
    ['a number', 5, /dataset is 5: give a table, points, or an array of rows/],
    ['null', null, /dataset is null: give a table, points, or an array of rows/],
    ['a table without a count', { columns: ['x'] }, /^`count` of dataset is missing: give a table, points/],
    [
      'a table without cells',
      { count: 1, columns: [{ name: 'x', kind: 'number' }] },
      /^dataset, column x has no Float64Array of `cells`: give a table, points/,
    ],
    ['an option of built-in datasets', objects, /are for built-in datasets, and dataset is not/, { rows: 5 }],
  ])('refuses %s', async (_, dataset, message, more = {}) => {
    await expectRejected(() => train({ ...options, dataset: dataset as never, ...more }), message)
  })
})
