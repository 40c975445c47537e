import { beforeAll, describe, expect, it } from 'vitest'
import { describeConfig } from '../../src/model/description.ts'
import { linearLayers } from '../../src/model/network.ts'
import { memoryStore, noStore, type RunStore } from '../../src/model/run-store.ts'
import { type NamedWeights, readSafetensors, weightOf } from '../../src/model/weights.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { decode } from '../../src/table/encodings/decode.ts'
import { encodeCells } from '../../src/table/encodings/encode.ts'
import { type NamedTable, type Table, tableOfPoints } from '../../src/table/table.ts'
import { weightSampler } from '../../src/train/live-samples.ts'
import { correctMargins } from '../../src/train/margins.ts'
import { type Trained, train } from '../../src/train/train.ts'
import { bitsOf } from '../helpers/bits.ts'
import { simdEngines as engines } from '../helpers/engines.ts'

const runtime = { engines, store: noStore }

const quick = { recipe: 'table', candidates: 1, seed: 2, onWarning: () => {} } as const

const names = ['common', 'usual', 'rare', 'seldom']
const shares = [0.8, 0.12, 0.05, 0.03]
const gapShare = 0.06
const rows = 2000

/** A column of names with gaps, and a number that says more or less which name it is. */
function skewedTable(): NamedTable {
  const drawn = uniforms({ seed: 5, stream: streams.datasets, step: 3, start: 0, count: rows, dim: 3 })
  const data = new Float64Array(2 * rows)
  for (let i = 0; i < rows; i++) {
    const [u, noise, gap] = [drawn[3 * i]!, drawn[3 * i + 1]!, drawn[3 * i + 2]!]
    let name = 0
    for (let sum = shares[0]!; u > sum && name < 3; ) sum += shares[++name]!
    data[2 * i] = gap < gapShare ? Number.NaN : name
    data[2 * i + 1] = name + 3 * noise
  }
  const columns = [
    { name: 'name', kind: 'category', categories: names },
    { name: 'number', kind: 'number' },
  ] as const
  return { name: 'skewed', ...tableOfPoints(columns, { data, count: rows, dim: 2 }) }
}

describe('the correction of margins', () => {
  const table = skewedTable()
  let trained: Trained
  let description: ReturnType<typeof describeConfig>
  let uncorrected: NamedWeights
  let corrected: NamedWeights
  let recorrected: Promise<NamedWeights>
  let training: Trained['config']['training']
  const codes = () => encodeCells(description.encoding, table)

  /** The largest difference of a share, of a name or of a gap, in samples of another seed. */
  async function worstShare(weights: NamedWeights): Promise<number> {
    const noise = (step: number | null) => ({
      seed: 12,
      stream: streams.x_T,
      step: step === null ? 0 : step + 1,
    })
    const draw = weightSampler(description, { count: 8000, noise, codes: codes() })
    return Math.max(...shareDifferences(decode(description.encoding, await draw(weights)), table))
  }

  function shareDifferences(a: Table, b: Table): number[] {
    const of = ({ columns, count }: Table) => {
      const counts = new Float64Array(names.length + 1)
      for (const cell of columns[0]!.cells) counts[Number.isNaN(cell) ? names.length : cell]! += 1 / count
      return [...counts]
    }
    const other = of(b)
    return of(a).map((share, k) => Math.abs(share - other[k]!))
  }

  beforeAll(async () => {
    trained = await train({ ...quick, dataset: table, steps: 500, hidden: [64, 64, 64] }, runtime)
    description = describeConfig(trained.config)
    corrected = trained.weights
    training = trained.config.training
    const { name } = linearLayers(description.network).at(-1)!
    // the network as it would be sampled without the correction, here with shares that are far off
    const { shape, data } = weightOf(corrected, `${name}.bias`)
    const value = description.blocks.find(({ column, part }) => column === 0 && part === 'value')!
    const bias = data.slice()
    bias[value.start]! += 1.5
    uncorrected = new Map([...corrected, [`${name}.bias`, { shape, data: bias }]])
    recorrected = correctMargins(description, uncorrected, codes(), { training, seed: 4 })
  })

  it('ends a training, after which samples have the shares of the rows', async () => {
    expect(await worstShare(corrected)).toBeLessThan(0.025)
  })

  it('mends shares that are far off, also in samples of another seed', async () => {
    expect(await worstShare(uncorrected)).toBeGreaterThan(0.05)
    expect(await worstShare(await recorrected)).toBeLessThan(0.025)
  })

  it('gives the same weights for the same seed', async () => {
    const again = await correctMargins(description, uncorrected, codes(), { training, seed: 4 })
    expect(bitsOf(again)).toBe(bitsOf(await recorrected))
  })

  it('leaves the weights of a network without categories', async () => {
    const points = await train({ dataset: 'two-moons', steps: 2, onWarning: () => {} }, runtime)
    const rows = { data: new Float32Array(4), count: 2, dim: 2 }
    const { weights } = points
    expect(await correctMargins(describeConfig(points.config), weights, rows, { training, seed: 0 })).toBe(
      weights,
    )
  })

  it('can be stopped, and the run then continues to the same weights', async () => {
    const request = { ...quick, dataset: table, steps: 5, hidden: [16, 16, 16] } as const
    const whole = await train(request, runtime)
    const store = memoryStore()
    const controller = new AbortController()
    let saves = 0
    const stopping: RunStore = {
      folder: store.folder,
      read: (file) => store.read(file),
      append: (file, text) => store.append(file, text),
      // the second checkpoint is the last step's: the first is the new run's
      async writeTogether(files) {
        await store.writeTogether(files)
        if ('checkpoint' in files && ++saves === 2) controller.abort(new Error('enough'))
      },
    }
    const stopped = train({ ...request, signal: controller.signal }, { engines, store: stopping })
    await expect(stopped).rejects.toThrow('enough')
    const continued = await train({ resume: true, out: '' }, { engines, store })
    expect(continued.weights).toEqual(whole.weights)
    const { tensors } = readSafetensors((await store.read('weights'))!, 'weights')
    expect(tensors).toEqual(whole.weights)
  })

  it('throws the reason of an aborted signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const stopped = correctMargins(description, corrected, codes(), { training, seed: 0, signal })
    await expect(stopped).rejects.toThrow('enough')
  })
})

describe('the correction of what a relation learns in addition to the columns', () => {
  it('makes columns equal as often as in the rows', async () => {
    const share = 0.25
    const drawn = uniforms({ seed: 6, stream: streams.datasets, step: 3, start: 0, count: rows, dim: 3 })
    const data = new Float64Array(2 * rows)
    for (let i = 0; i < rows; i++) {
      const [a, other, which] = [drawn[3 * i]!, drawn[3 * i + 1]!, drawn[3 * i + 2]!]
      data[2 * i] = Math.round(1e5 * a)
      data[2 * i + 1] = which < share ? data[2 * i]! : Math.round(1e5 * other)
    }
    const columns = ['billed', 'paid'].map((name) => ({ name, kind: 'integer' }) as const)
    const table = { name: 'bills', ...tableOfPoints(columns, { data, count: rows, dim: 2 }) }
    const options = { ...quick, steps: 300, hidden: [64, 64, 64] }
    const { config, weights } = await train({ dataset: table, ...options }, runtime)
    const description = describeConfig(config)
    expect(description.encoding.relations?.map(({ kind }) => kind)).toEqual(['copy'])
    const codes = encodeCells(description.encoding, table)
    const noise = (step: number | null) => ({
      seed: 12,
      stream: streams.x_T,
      step: step === null ? 0 : step + 1,
    })
    const samples = decode(
      description.encoding,
      await weightSampler(description, { count: 4000, noise, codes })(weights),
    )
    const [billed, paid] = samples.columns.map(({ cells }) => cells)
    const equal = Array.from({ length: 4000 }, (_, i) => billed![i] === paid![i])
    // four standard errors of the correction's 2000 samples and of these
    expect(Math.abs(equal.filter(Boolean).length / 4000 - share)).toBeLessThan(
      4 * Math.sqrt((share * (1 - share)) / 2000 + (share * (1 - share)) / 4000),
    )
  })
})
