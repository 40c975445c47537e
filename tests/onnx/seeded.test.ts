import * as ort from 'onnxruntime-web'
import { describe, expect, it } from 'vitest'
import { exportSampler, type TrainedModel } from '../../src/export/export-model.ts'
import { sample } from '../../src/infer/sample.ts'
import { exportSeeded } from '../../src/node/export.ts'
import { loadModel } from '../../src/node/providers.ts'
import { readTrainedRun } from '../../src/node/run-folder.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { outputNames } from '../../src/onnx/build/seeded.ts'
import { readModel } from '../../src/onnx/read.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { addressTable } from '../helpers/address-table.ts'
import { bitsOf } from '../helpers/bits.ts'
import { grainTable, ticketTable } from '../helpers/grain-table.ts'
import { referenceModel, untrainedModel } from '../helpers/models.ts'
import { decodeModel, encodeModel } from '../helpers/onnx.ts'
import {
  flightTable,
  orderTable,
  playerTable,
  subscriptionTable,
  visitTable,
} from '../helpers/related-tables.ts'
import { columnsOf, everyKind, type Outputs, seededSession, valuesOf } from '../helpers/seeded.ts'
import {
  nameTable,
  petModel,
  petTable,
  salaryTable,
  untrainedTable,
  withCandidates,
  withoutGrains,
} from '../helpers/tables.ts'

const run = (name: string) => readTrainedRun(new URL(`../../models/${name}`, import.meta.url).pathname)

const kindsModel = () => untrainedTable(everyKind(400))

const models: [string, () => TrainedModel | Promise<TrainedModel>][] = [
  ['two moons', () => run('two-moons')],
  ['two moons by DDPM', () => referenceModel],
  ['whole numbers of points', () => untrainedModel({ dim: 5 }, { integerColumns: ['column_3'] })],
  ['pets', petModel],
  ['columns that others determine', () => untrainedTable(flightTable(600))],
  ['sums of columns', () => untrainedTable(orderTable(600))],
  ['dates and their parts', () => untrainedTable(visitTable(900))],
  ['columns in order, near others, or equal to them', () => untrainedTable(subscriptionTable(900))],
  ['dates near a year', () => untrainedTable(playerTable(900))],
  [
    'codes, combinations, ranges by category, products and pieces of dates',
    () => untrainedTable(addressTable(900)),
  ],
  ['frequent values of a number', () => untrainedTable(salaryTable(900))],
  ['many names', () => untrainedTable(nameTable(900))],
  ['times and numbers with a grain', () => untrainedTable(grainTable(900))],
  ['columns with grains that depend on each other', () => untrainedTable(ticketTable(900))],
  [
    'times and numbers without their grains',
    () => untrainedTable(grainTable(900), withoutGrains(fitTable(grainTable(900)))),
  ],
  ['three candidates of a row', () => withCandidates(petTable(400), 3)],
  ['two candidates of columns that others determine', () => withCandidates(flightTable(600), 2)],
  [
    'three candidates with steps of their own, as files had them',
    async () => {
      const { config, weights } = await withCandidates(petTable(400), 3)
      return { config: { ...config, candidates: { ...config.candidates!, shared: undefined } }, weights }
    },
  ],
  ['every kind of column', kindsModel],
]

const quiet = { onWarning: () => {} }
const kindsFile = exportSeeded(kindsModel(), quiet)
const petsFile = exportSeeded(petModel(), quiet)

/** Seeds and indices of which each half counts, and batches that a runtime computes in other ways. */
const places = [
  { seed: 0, from: 0, count: 100 },
  { seed: 7, from: 2 ** 32 - 4, count: 7 },
  { seed: 2 ** 53 - 1, from: 2 ** 53 - 8, count: 7 },
  { seed: 7, from: 999, count: 1 },
]

it('the table of addresses has a relation of each kind that it is for', () => {
  const { columns, relations = [] } = fitTable(addressTable(900))
  expect(columns[0]).toMatchObject({ as: 'category', isNominal: true })
  expect(relations.map(({ kind, column }) => `${kind} ${column}`)).toEqual([
    'look-up town',
    'combination county',
    'within height',
    'product amount',
    'piece time',
    'piece month',
    'linear extras',
    'linear age',
    'product paid',
  ])
})

describe('seeded.onnx', () => {
  it.each(models)('has the samples of moonstep sample, bit for bit: %s', async (_, of) => {
    const trained = await of()
    const { run } = await seededSession(await exportSeeded(trained, quiet))
    await using model = await loadModel(await exportSampler(trained, quiet), { provider: 'cpu' })
    for (const place of places) {
      const { table, x_0 } = await sample(model, { ...place, ...quiet })
      const outputs = await run(place.seed, place.from, place.count)
      expect(bitsOf(outputs.x_0!.data)).toBe(bitsOf(x_0.data))
      const names = outputNames(table, trained.config.encoding !== undefined)
      expect(Object.keys(outputs)).toEqual(['x_0', ...names])
      const columns = columnsOf(table)
      for (const [d, name] of names.entries()) expect(valuesOf(outputs[name]!)).toEqual(columns[d])
    }
  })

  it('has the points of model.onnx up to rounding, and the rows of a table', async () => {
    const place = { seed: 7, from: 0, count: 400 }
    const both = async (name: string) => {
      const trained = await run(name)
      const session = await seededSession(await exportSeeded(trained, quiet))
      const outputs = await session.run(place.seed, place.from, place.count)
      await using model = await loadModel(`models/${name}/model.onnx`, { provider: 'cpu' })
      return { outputs, ...(await sample(model, { ...place, ...quiet })) }
    }
    const moons = await both('two-moons')
    expect(
      maxAbsDifference(Float32Array.from(valuesOf(moons.outputs.x_0!) as number[]), moons.x_0.data),
    ).toBeLessThan(1e-5)
    const { outputs, table } = await both('penguins')
    const differing = columnsOf(table).flatMap((cells, d) => {
      const values = valuesOf(outputs[table.columns[d]!.name]!)
      return cells.filter((cell, i) => !Object.is(cell, values[i]))
    })
    // another processor may round a cell to its neighbour
    expect(differing.length).toBeLessThanOrEqual(3)
  })

  it('gives a row the same values alone and beside rows of other seeds', async () => {
    const { run, session } = await seededSession(await petsFile)
    const alone = await Promise.all([run(1, 5, 1), run(2, 2 ** 40, 1), run(1, 6, 1)])
    const { Tensor } = await import('onnxruntime-node')
    const together = (await session.run({
      seed: new Tensor('int64', BigInt64Array.of(1n, 2n, 1n), [3]),
      index: new Tensor('int64', BigInt64Array.of(5n, 2n ** 40n, 6n), [3]),
    })) as Outputs
    for (const name of Object.keys(together))
      expect(valuesOf(together[name]!)).toEqual(alone.flatMap((each) => valuesOf(each[name]!)))
  })

  it('gives each column in its type, under a name of its own', async () => {
    const { run } = await seededSession(await kindsFile)
    const outputs = await run(0, 0, 1)
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { type }]) => [name, type]))).toEqual({
      x_0: 'float32',
      seed_column: 'float64',
      index_column: 'int64',
      x_0_column: 'string',
      known_column: 'int64',
      'moonstep/seed_column': 'int64',
      third: 'float64',
      large: 'int64',
      level: 'float64',
      maybe: 'float64',
      which: 'string',
      yes: 'bool',
      same: 'int64',
      true: 'float64',
      at: 'float64',
      on: 'float64',
      id: 'int64',
    })
    const points = await seededSession(await exportSeeded(referenceModel))
    expect(Object.values(await points.run(0, 0, 1)).map(({ type }) => type)).toEqual(Array(3).fill('float32'))
    const twice = [{ name: 'seed' }, { name: 'seed_column' }]
    expect(outputNames({ columns: twice }, false)).toEqual(['seed_column_column', 'seed_column'])
  })

  it.each([models[1]!, models.at(-1)!])('has the bits of sampler.onnx in WASM too: %s', async (_, of) => {
    const trained = await of()
    const [seed, from, count] = [7, 2 ** 32 - 20, 40]
    await using model = await loadModel(await exportSampler(trained, quiet), { provider: 'wasm' })
    const { table, x_0 } = await sample(model, { seed, from, count, ...quiet })
    ort.env.wasm.numThreads = 1
    const session = await ort.InferenceSession.create(await exportSeeded(trained, quiet), {
      executionProviders: ['wasm'],
      logSeverityLevel: 3,
    })
    const of64 = (value: (i: number) => number) =>
      new ort.Tensor(
        'int64',
        BigInt64Array.from({ length: count }, (_, i) => BigInt(value(i))),
        [count],
      )
    const outputs = (await session.run({
      seed: of64(() => seed),
      index: of64((i) => from + i),
    })) as unknown as Outputs
    await session.release()
    expect(outputs.x_0!.data).toEqual(x_0.data)
    const names = outputNames(table, trained.config.encoding !== undefined)
    for (const [d, values] of columnsOf(table).entries())
      expect(valuesOf(outputs[names[d]!]!)).toEqual(values)
  })

  it.each([
    ['a multiplier of the generator', 'moonstep/scalar.int64.3528531795', 0],
    ['the logarithm of 2', 'moonstep/scalar.float64.0.6931471803691238', 6],
    ['a quarter turn', 'moonstep/sines_of_quarters', 14],
  ])('gives no values if a runtime computes noise wrongly: %s', async (_, prefix, byte) => {
    const model = decodeModel(await kindsFile)
    const found = model.graph!.initializer!.filter(({ name }) => name!.startsWith(prefix))
    expect(found).toHaveLength(1)
    const bytes = Uint8Array.from(found[0]!.rawData!)
    bytes[byte]! ^= 1
    found[0]!.rawData = bytes
    const { run } = await seededSession(encodeModel(model))
    nothingIn(await run(7, 0, 9), 9)
  })

  it.each([
    ['seed', -1, 0],
    ['index', 7, -1],
    ['seed', 2 ** 53, 0],
    ['index', 0, 2 ** 53],
  ])('gives no values if the %s is out of range: %d, %d', async (_, seed, index) => {
    const { run } = await seededSession(await kindsFile)
    nothingIn(await run(seed, index, 1), 1)
  })

  it('is exported to the same bytes each time, with the card', async () => {
    const [first, second] = [await petsFile, await exportSeeded(petModel(), quiet)]
    expect(Buffer.from(first).equals(second)).toBe(true)
    const { metadataProps, docString } = decodeModel(first)
    expect(JSON.parse(metadataProps![0]!.value!)).toMatchObject({ sampler: { name: 'sde-dpmsolver++' } })
    expect(docString).toContain('GPUs lack some of its operators')
  })

  it('is refused where a model.onnx or sampler.onnx is read', async () => {
    const bytes = await petsFile
    expect(() => readModel(bytes, 'pets.onnx')).toThrow(
      'pets.onnx is a seeded.onnx, for engines on a CPU, as no GPU runs it: give the model.onnx or sampler.onnx of its run',
    )
  })
})

/** That all rows are what stands for none in each type. */
function nothingIn(outputs: Outputs, count: number): void {
  const none: Record<string, unknown> = { float32: NaN, float64: NaN, string: '', int64: -(2n ** 63n) }
  for (const [name, { type, data }] of Object.entries(outputs)) {
    expect(data.length % count).toBe(0)
    const expected = type === 'bool' ? 0 : none[type]
    for (const value of Array.from(data)) expect([name, value]).toEqual([name, expected])
  }
}
