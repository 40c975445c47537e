import { beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor, type TrainedModel } from '../../src/export/export-model.ts'
import { sampleChunk } from '../../src/infer/chunk.ts'
import { internalsOf, type Model } from '../../src/infer/model.ts'
import { sample } from '../../src/infer/sample.ts'
import { applyBins, fitBins } from '../../src/measure/trees/bins.ts'
import { learnTrees } from '../../src/measure/trees/trees.ts'
import {
  type Candidates,
  chosenCandidates,
  oddsIn,
  oddsOf,
  probabilities,
  treeText,
} from '../../src/model/candidates.ts'
import { memoryStore } from '../../src/model/run-store.ts'
import { loadModel } from '../../src/node/providers.ts'
import { standardNormals, streams, uniforms } from '../../src/numerics/random.ts'
import { columnNamed } from '../../src/table/columns.ts'
import { columnCells, pointsOf, type Table } from '../../src/table/table.ts'
import { checkTrainOptions, train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'
import { expectRefused, expectRejected } from '../helpers/refusals.ts'
import { nameTable, petTable, withCandidates } from '../helpers/tables.ts'

const quiet = { onWarning: () => {} }

describe('the trees that choose among candidates', () => {
  it('give the odds that boosted trees learned, from a text of them', async () => {
    const count = 600
    const drawn = uniforms({ seed: 1, stream: streams.datasets, step: 90, start: 0, count, dim: 3 })
    const cells = (d: number, of: (u: number) => number) =>
      Float64Array.from({ length: count }, (_, i) => of(drawn[3 * i + d]!))
    const features = [
      { cells: cells(0, (u) => (u < 0.1 ? Number.NaN : Math.floor(u * 1000) / 10)), isCategory: false },
      { cells: cells(1, (u) => Math.floor(u * 80)), isCategory: true },
    ]
    const targets = Float64Array.from({ length: count }, (_, i) =>
      Number(drawn[3 * i]! + (features[1]!.cells[i]! % 2) / 2 > drawn[3 * i + 2]! + 0.3),
    )
    const { binnings } = fitBins(features, count)
    const binned = applyBins({ binnings }, features, count)
    const { trees, scoresOf } = await learnTrees(binned, targets, { kind: 'binary' })
    const candidates: Candidates = {
      count: 2,
      features: [
        { column: 'number', cuts: binnings[0]!.cuts! },
        { column: 'name', bins: [...binnings[1]!.binsOf(Float64Array.from({ length: 80 }, (_, k) => k))] },
      ],
      trees: trees.map(([tree]) => treeText(tree!.nodes)),
    }
    const columns = [
      { name: 'number', kind: 'number' },
      { name: 'name', kind: 'category' },
    ] as const
    const odds = oddsIn(candidates, columns)(features.map(({ cells }) => cells))
    const share = targets.reduce((sum, target) => sum + target, 0) / count
    const [scores] = scoresOf(binned)
    expect(Math.max(...scores!) - Math.min(...scores!)).toBeGreaterThan(2)
    // each of 100 trees is rounded to half of 1/1024
    for (const [i, score] of scores!.entries())
      expect(Math.abs(Math.log(odds[i]!) - (score - Math.log(share / (1 - share))))).toBeLessThan(0.05)
  })

  it('keep the odds within e^-8 and e^8', () => {
    const scores = [-1e9, -8192, -8191, -130, 0, 1, 127, 128, 8192, 1e9]
    const expected = scores.map((score) => Math.exp(Math.max(-8, Math.min(8, score / 1024))))
    for (const [k, score] of scores.entries())
      expect(Math.abs(oddsOf(score) / expected[k]! - 1)).toBeLessThan(1e-14)
  })

  it('choose each candidate by its share of the odds', () => {
    const count = 1000
    const odds = [2, 1, 5].map((each) => new Float64Array(count).fill(each))
    const uniform = Float64Array.from({ length: count }, (_, i) => (i + 0.5) / count)
    const chosen = chosenCandidates(odds, uniform)
    expect([0, 1, 2].map((k) => chosen.filter((each) => each === k).length)).toEqual([250, 125, 625])
  })

  it('accept candidates in turn, by half of their odds, and else take one by its share', () => {
    const count = 3000
    const odds = [1, 0.5, 3].map((each) => new Float64Array(count).fill(each))
    const uniform = Float64Array.from({ length: count }, (_, i) => (i + 0.5) / count)
    const sharesOf = (...some: Float64Array[]) => {
      const chosen = chosenCandidates(some, uniform, true)
      return some.map((_, k) => chosen.filter((each) => each === k).length / count)
    }
    // the third is always accepted
    for (const [k, share] of sharesOf(...odds).entries())
      expect(share).toBeCloseTo([0.5, 0.125, 0.375][k]!, 3)
    // three eighths of the rows have none accepted, and take the first or the second by 2 to 1
    expect(sharesOf(odds[0]!, odds[1]!)[0]).toBeCloseTo(0.5 + (0.375 * 2) / 3, 3)
    expect(probabilities([1, 0.5], true).map((each) => Math.round(1e9 * each))).toEqual([75e7, 25e7])
    // candidates of no odds are not taken
    expect(sharesOf(new Float64Array(count), odds[1]!)[0]).toBe(0)
  })

  it('take at most 300 KB on the card, also of many names', async () => {
    for (const table of [petTable(600), nameTable(2000)]) {
      const { config } = await withCandidates(table, 4)
      expect(JSON.stringify(config.candidates).length).toBeLessThan(300_000)
    }
  })
})

describe('samples with candidates', () => {
  const pets = petTable(400)
  let trained: TrainedModel
  let [model, single]: [Model | undefined, Model | undefined] = [undefined, undefined]
  const draw = async (options: Partial<Parameters<typeof sample>[1]>, of = model) =>
    sample(of!, { count: 400, seed: 3, ...quiet, ...options })
  const cellsOf = (table: Table) => Array.from(pointsOf(table).data)

  beforeAll(async () => {
    trained = await withCandidates(pets, 4)
    model = await loadModel(await exportNoisePredictor(trained), { provider: 'simd' })
    const { candidates: _, ...config } = trained.config
    single = await loadModel(await exportNoisePredictor({ ...trained, config }), { provider: 'simd' })
  })

  it('are those of the same seed, in any chunk and part, next to other draws', async () => {
    const { table } = await draw({})
    const dim = table.columns.length
    expect(cellsOf((await draw({ chunkSize: 37 })).table)).toEqual(cellsOf(table))
    const part = await draw({ from: 150, count: 20 })
    expect(cellsOf(part.table)).toEqual(cellsOf(table).slice(150 * dim, 170 * dim))
    expect(Array.from(part.x_0.data)).toEqual(
      Array.from((await draw({})).x_0.data.slice(150 * part.x_0.dim, 170 * part.x_0.dim)),
    )
  })

  // in turn, half are accepted, and of the sixteenth that never are, a quarter are the first
  it.each([
    ['a quarter', undefined, 1 / 4],
    ['a little more than half', 0.375, 1 / 2 + 1 / 64],
  ] as const)(
    'equal, in %s of the rows, the samples of a model without candidates, if trees see no difference',
    async (_, shared, share) => {
      const same = { ...trained.config.candidates!, shared, trees: ['0'] }
      const even = await loadModel(
        await exportNoisePredictor({ ...trained, config: { ...trained.config, candidates: same } }),
        { provider: 'simd' },
      )
      const [a, b] = [await draw({ count: 2000 }, even), await draw({ count: 2000 }, single)]
      let equal = 0
      for (let i = 0; i < 2000; i++)
        if (a.table.columns.every(({ cells }, d) => Object.is(cells[i], b.table.columns[d]!.cells[i])))
          equal++
      // five standard errors
      expect(Math.abs(equal / 2000 - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / 2000))
    },
  )

  it('have odds like those of rows far more often than single ones', async () => {
    const odds = oddsIn(trained.config.candidates!, pets.columns)
    // most samples of a network that was not trained have the least odds that there are
    const mean = (table: Table) => odds(columnCells(table)).reduce((sum, each) => sum + each, 0) / table.count
    const [chosen, others] = [await draw({}), await draw({}, single)]
    expect(mean(chosen.table)).toBeGreaterThan(2 * mean(others.table))
  })

  it('go on from the state that they share as if they had been drawn from the start', async () => {
    const { file, session } = internalsOf(model!)
    const { network, process: processOf } = file.description
    const process = processOf()
    const nothing = (dim: number) => ({ data: new Float32Array(9 * dim), count: 9, dim })
    const chunkOf = (candidate: number) => ({
      process,
      ranges: [{ seed: 3, from: 5, count: 9, candidate, first: 0 }],
      count: 9,
      dim: network.dim,
      sharedSteps: 3,
      condition: { known: nothing(file.description.blocks.length), values: nothing(network.dim) },
    })
    const at = { file, session }
    const [first, second] = [await sampleChunk(at, chunkOf(0)), await sampleChunk(at, chunkOf(1))]
    expect(second.states.at(-1)!.data).not.toEqual(first.states.at(-1)!.data)
    expect(second.shared).toEqual(first.shared)
    expect(first.shared!.step).toBe(3)
    const again = await sampleChunk(at, { ...chunkOf(1), from: first.shared })
    expect(again.states).toEqual(second.states)
  })

  it('keep what is given, and are single if their start points are given', async () => {
    const { table } = await draw({ count: 50, given: { kind: 'cat', weight: 12.5 } })
    const [weight, kind] = ['weight', 'kind'].map((name) => columnNamed(table.columns, name))
    expect([...weight!.cells]).toEqual(Array(50).fill(12.5))
    expect([...kind!.cells]).toEqual(Array(50).fill(kind!.categories!.indexOf('cat')))
    const dim = (await draw({ count: 1 })).x_0.dim
    const x_T = {
      data: standardNormals({ seed: 1, stream: streams.datasets, step: 91, start: 0, count: 9, dim }),
      count: 9,
      dim,
    }
    const [one, other] = [await draw({ count: 9, x_T }), await draw({ count: 9, x_T }, single)]
    expect(cellsOf(one.table)).toEqual(cellsOf(other.table))
  })

  it('are those of `onStep` first, one state for each sample', async () => {
    const counts: number[] = []
    await draw({ count: 30, onStep: ({ x }) => void counts.push(x.count) })
    expect(new Set(counts)).toEqual(new Set([30]))
  })
})

describe('training with candidates', () => {
  const request = {
    dataset: petTable(300),
    recipe: 'table',
    hidden: [16, 16, 16],
    steps: 20,
    seed: 1,
    candidates: 3,
    ...quiet,
  } as const

  it('keeps the trees in the run, the same for the same seed, and when it continues', async () => {
    const store = memoryStore()
    const trained = await train(request, { engines, store })
    expect(trained.config.training.candidates).toBe(3)
    expect(trained.config.candidates).toMatchObject({ count: 3 })
    const written = JSON.parse(new TextDecoder().decode((await store.read('config'))!))
    expect(written.candidates).toEqual(JSON.parse(JSON.stringify(trained.config.candidates)))
    const again = await train({ resume: true, out: '', ...quiet }, { engines, store })
    expect(again.config.candidates).toEqual(written.candidates)
    const without = await train({ ...request, candidates: 1 }, { engines, store: memoryStore() })
    expect(without.config).not.toHaveProperty('candidates')
    expect(without.config.training).not.toHaveProperty('candidates')
    expect(without.weights).toEqual(trained.weights)
  })

  it('has four unless another number is given', async () => {
    const { candidates: _, ...rest } = request
    const { config } = await train({ ...rest, steps: 1 }, { engines, store: memoryStore() })
    expect(config.training.candidates).toBe(4)
    expect(config.candidates?.count).toBe(4)
  })

  it('is refused for other numbers of candidates, and for points', async () => {
    for (const candidates of [0, 17, 2.5])
      expectRefused(
        () => checkTrainOptions({ ...request, candidates }),
        `candidates is ${candidates}: give a whole number from 1 to 16`,
      )
    const points = { ...request, dataset: 'two-moons', recipe: 'points' } as const
    await expectRejected(
      () => train(points, { engines, store: memoryStore() }),
      "`candidates` is the recipe table's: leave it out",
    )
  })
})
