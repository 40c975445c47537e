import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { sample } from '../../src/infer/sample.ts'
import { readSafetensors } from '../../src/model/weights.ts'
import { exportModel } from '../../src/node/export.ts'
import { loadModel } from '../../src/node/providers.ts'
import { runFiles } from '../../src/node/run-folder.ts'
import { train } from '../../src/node/training.ts'
import { parseCsv, pointsToCsv } from '../../src/table/formats/csv.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-csv-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const text = `age,height\n${Array.from({ length: 90 }, (_, i) => `${20 + (i % 50)},${1.5 + (i % 7) / 16}`).join('\n')}\n`
const options = {
  recipe: 'points',
  hidden: [8],
  steps: 60,
  engine: 'simd',
  onWarning: () => {},
} as const

describe('training on a CSV file', () => {
  it('samples whole numbers in columns of whole numbers, inside the ranges if asked', async () => {
    writeFileSync(at('people.csv'), text)
    await train({ ...options, dataset: at('people.csv'), out: at('run') })
    const config = JSON.parse(readFileSync(runFiles(at('run')).config, 'utf8'))
    expect(config).toMatchObject({
      columns: ['age', 'height'],
      integerColumns: ['age'],
      dataset: { file: 'people.csv', rows: 90, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      scaler: { min: [20, 1.5], max: [69, 1.875] },
    })
    expect(JSON.stringify(config)).not.toContain(folder)
    await exportModel({ run: at('run'), out: at('model.onnx'), samplerOut: at('sampler.onnx') })
    for (const file of ['model.onnx', 'sampler.onnx']) {
      const model = await loadModel(at(file))
      const free = await sample(model, { count: 300 })
      const clipped = await sample(model, { count: 300, clip: true })
      await model.dispose()
      const column = (data: Float32Array, d: number) => Array.from(data).filter((_, k) => k % 2 === d)
      expect(column(free.points.data, 0).every(Number.isInteger)).toBe(true)
      expect(column(free.points.data, 1).some((x) => x < 1.5 || x > 1.875)).toBe(true)
      expect(column(clipped.points.data, 0).every((x) => Number.isInteger(x) && x >= 20 && x <= 69)).toBe(
        true,
      )
      expect(column(clipped.points.data, 1).every((x) => x >= 1.5 && x <= 1.875)).toBe(true)
      expect(pointsToCsv(clipped.points, ['age', 'height']).split('\n')[1]).toMatch(/^\d+,1\.\d+$/)
    }
  })

  it('resumes without the file, to the bits of an unbroken run', async () => {
    writeFileSync(at('gone.csv'), text)
    const long = { ...options, steps: 30_000, dataset: at('gone.csv'), batchSize: 16 }
    await train({ ...long, out: at('whole') })
    const stop = new AbortController()
    const broken = train({
      ...long,
      out: at('broken'),
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stop')),
    })
    await expect(broken).rejects.toThrow('stop')
    rmSync(at('gone.csv'))
    await train({ resume: true, out: at('broken') })
    for (const [file, path] of Object.entries(runFiles(at('broken'))).filter(([, path]) => existsSync(path)))
      expect(readFileSync(path).equals(readFileSync(runFiles(at('whole'))[file as 'config']))).toBe(true)
  })

  it('resumes a table likewise, with its gaps and the rows that were set aside', async () => {
    const rows = Array.from(
      { length: 90 },
      (_, i) => `${['a', 'b', ''][i % 3]},${i % 7 === 0 ? '' : i / 4},${i % 5}`,
    )
    writeFileSync(at('mixed.csv'), `name,size,count\n${rows.join('\n')}\n`)
    const { recipe: _, ...rest } = options
    const long = {
      ...rest,
      hidden: [16, 16],
      steps: 20_000,
      dataset: at('mixed.csv'),
      holdout: 0.2,
      batchSize: 16,
    }
    await train({ ...long, out: at('whole-table') })
    const stop = new AbortController()
    const signal = stop.signal
    const broken = train({
      ...long,
      signal,
      out: at('broken-table'),
      onProgress: () => stop.abort(new Error('stop')),
    })
    await expect(broken).rejects.toThrow('stop')
    rmSync(at('mixed.csv'))
    await train({ resume: true, out: at('broken-table') })
    const files = Object.entries(runFiles(at('broken-table')))
    for (const [file, path] of files)
      expect(
        readFileSync(path).equals(readFileSync(runFiles(at('whole-table'))[file as 'config'])),
        file,
      ).toBe(true)
  })

  it('keeps large numbers apart that float32 would merge', async () => {
    writeFileSync(
      at('large.csv'),
      `stamp\n${Array.from({ length: 50 }, (_, i) => 1_700_000_000 + i).join('\n')}\n`,
    )
    await train({ ...options, steps: 1, dataset: at('large.csv'), columns: ['stamp'], out: at('large') })
    const { scaler } = JSON.parse(readFileSync(runFiles(at('large')).config, 'utf8'))
    expect(scaler).toEqual({ min: [1_700_000_000], max: [1_700_000_049] })
    const points = readSafetensors(readFileSync(runFiles(at('large')).data)).tensors.get('x_0')!.data
    expect(new Set(points).size).toBe(50)
  })

  it.each<[string, string, RegExp]>([
    ['bad.csv', 'a,b\n1,2\n3,x\n', /bad\.csv, column b is a category: a recipe of points takes only numbers/],
    ['constant.csv', 'a,b\n1,2\n1,3\n', /column a has only the value 1 and cannot be scaled: leave it out/],
    ['empty.csv', '', /empty\.csv is empty/],
  ])('refuses %s and writes nothing', async (name, content, message) => {
    writeFileSync(at(name), content)
    await expect(train({ ...options, dataset: at(name), out: at('never') })).rejects.toThrow(message)
    expect(existsSync(at('never'))).toBe(false)
  })

  it('refuses a file that is not there, rows for a file, and a name that is unknown', async () => {
    const refused = (more: object) => train({ ...options, out: at('never'), ...more })
    await expect(refused({ dataset: at('nowhere.csv') })).rejects.toThrow(
      /there is no file .*nowhere\.csv.*two-moons/,
    )
    await expect(refused({ dataset: at('people.csv'), rows: 5 })).rejects.toThrow(
      /`rows` and `noiseLevel` are for built-in/,
    )
    await expect(refused({ dataset: 'two-mons' })).rejects.toThrow(
      /unknown dataset two-mons \(did you mean two-moons\?\)/,
    )
  })
})

describe('training on rows in memory', () => {
  const rows = parseCsv(text, 'people.csv')
  const objects = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number) as [number, number])
    .map(([age, height]) => ({ age, height }))

  it('comes to what the same rows in a file do, but for what is said of where they come from', async () => {
    writeFileSync(at('rows.csv'), text)
    const { dataset, ...fromFile } = (await train({ ...options, dataset: at('rows.csv') })).config
    for (const source of [objects, rows]) {
      const { config, weights } = await train({ ...options, dataset: source })
      expect(config).toEqual(fromFile)
      expect(weights).toEqual((await train({ ...options, dataset: at('rows.csv') })).weights)
    }
  })

  it('takes points too, whose columns nobody named', async () => {
    const { config } = await train({ ...options, steps: 1, dataset: rows.points })
    expect(config).toMatchObject({ columns: ['x0', 'x1'], integerColumns: ['x0'] })
  })

  it('resumes without them', async () => {
    const whole = await train({ ...options, dataset: objects, out: at('rows') })
    const again = await train({ resume: true, out: at('rows') })
    expect(again.weights).toEqual(whole.weights)
    expect(again.finalLoss).toBe(whole.finalLoss)
    expect(again.history).toEqual(whole.history)
  })

  it.each<[string, unknown, RegExp]>([
    ['no rows', [], /dataset is no array of points/],
    [
      'rows of other columns',
      [{ x: 1 }, { x: 1, y: 2 }],
      /dataset, row 1, column y: the cell is empty: a recipe of points takes no gaps/,
    ],
    [
      'a word',
      [{ x: 1 }, { x: 'two' }],
      /dataset, column x is a category: a recipe of points takes only numbers/,
    ],
    [
      'NaN',
      [{ x: 1 }, { x: 2 }, { x: Number.NaN }],
      /dataset, row 3, column x: the cell is empty: a recipe of points takes no gaps/,
    ],
    ['a number', 5, /dataset is 5: give a table, points, or an array of rows/],
    ['null', null, /dataset is null: give a table, points, or an array of rows/],
    ['a table that is none', { columns: ['x'] }, /dataset is no table/],
  ])('refuses %s', async (_, dataset, message) => {
    const refused = train({ ...options, dataset: dataset as never })
    await expect(refused).rejects.toThrow(InputError)
    await expect(refused).rejects.toThrow(message)
  })

  it('refuses options of a built-in dataset beside them', async () => {
    await expect(train({ ...options, dataset: objects, rows: 5 })).rejects.toThrow(
      /`rows` and `noiseLevel` are for built-in datasets, and dataset is not/,
    )
  })
})
