import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor, type TrainedModel } from '../../src/export/export-model.ts'
import { type Draw, drawOf } from '../../src/infer/draw.ts'
import { impute } from '../../src/infer/impute.ts'
import { internalsOf, type Model, type SampleOptions } from '../../src/infer/model.ts'
import { drawTogether } from '../../src/infer/rows.ts'
import { sample } from '../../src/infer/sample.ts'
import { memoryStore } from '../../src/model/run-store.ts'
import { loadModel } from '../../src/node/providers.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { Batches } from '../../src/serve/batches.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import type { Given } from '../../src/table/known.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../src/table/table.ts'
import { resolveConfig } from '../../src/train/config.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'
import { expectRejected } from '../helpers/refusals.ts'
import { distanceOf } from '../table/rules/distance.ts'

const day = 86_400_000
const columns: readonly Column[] = [
  { name: 'slot', kind: 'integer' },
  { name: 'ordered', kind: 'date', form: 'YYYY-MM-DD' },
  { name: 'shipped', kind: 'date', form: 'YYYY-MM-DD' },
  { name: 'status', kind: 'category', categories: ['new', 'paid', 'sent'] },
  { name: 'quantity', kind: 'integer' },
  { name: 'price', kind: 'number' },
  { name: 'total', kind: 'number' },
  { name: 'gross', kind: 'number' },
  { name: 'tax', kind: 'number' },
  { name: 'net', kind: 'number' },
  { name: 'city', kind: 'category', categories: ['Bern', 'Rome', 'Pisa', 'Lyon'] },
  { name: 'country', kind: 'category', categories: ['CH', 'IT', 'FR'] },
  { name: 'age', kind: 'integer' },
  { name: 'size', kind: 'integer' },
]

const rules = [
  'ordered <= shipped',
  'total = quantity * price',
  'net = gross - tax',
  'tax < gross',
  'unique(slot)',
  'seen(city, country)',
  'if status = sent then shipped is set',
  'if status = new then shipped is missing',
  'age in 18..90',
  'price > 0',
]

const cents = (x: number) => Math.round(100 * x) / 100

function orders(count: number): NamedTable {
  const dim = columns.length
  const drawn = uniforms({ seed: 7, stream: streams.datasets, step: 62, start: 0, count, dim })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const u = drawn.subarray(i * dim, (i + 1) * dim)
    const ordered = (18_000 + Math.floor(1000 * u[1]!)) * day
    const status = Math.floor(3 * u[3]!)
    const isShipped = status === 2 || (status === 1 && u[2]! < 0.5)
    const [quantity, price] = [1 + Math.floor(20 * u[4]! ** 2), cents(1 + 99 * u[5]!)]
    const gross = cents(10 + 500 * u[6]!)
    const tax = cents(gross * (0.05 + 0.2 * u[7]!))
    const city = Math.floor(4 * u[8]!)
    const age = 18 + Math.floor(72 * u[9]! ** 1.5)
    data.set(
      [
        100 + i * 12,
        ordered,
        isShipped ? ordered + Math.floor(30 * u[10]!) * day : Number.NaN,
        status,
        quantity,
        price,
        cents(quantity * price),
        gross,
        tax,
        cents(gross - tax),
        city,
        [0, 1, 1, 2][city]!,
        age,
        Math.floor(age / 40 + 4 * u[11]!),
      ],
      i * dim,
    )
  }
  return { name: 'orders', ...tableOfPoints(columns, { data, count, dim }) }
}

type Order = Readonly<Record<string, string | number | null>>

/** The rules again, by hand. */
function holdsAll(row: Order): boolean {
  const { ordered, shipped, status, quantity, price, total, gross, tax, net, city, country, age } =
    row as never as {
      [name: string]: number
    } & { ordered: string; shipped: string | null; status: string; city: string; country: string }
  return (
    (shipped === null || ordered <= shipped) &&
    Math.abs(total! - quantity! * price!) < 0.0051 &&
    Math.abs(net! - (gross! - tax!)) < 0.0051 &&
    tax! < gross! &&
    { Bern: 'CH', Rome: 'IT', Pisa: 'IT', Lyon: 'FR' }[city] === country &&
    (status !== 'sent' || shipped !== null) &&
    (status !== 'new' || shipped === null) &&
    age! >= 18 &&
    age! <= 90 &&
    price! > 0
  )
}

const table = orders(400)
const quiet = { onWarning: () => {} }
let trained: TrainedModel
let [model, single]: [Model, Model] = [] as never

const opened = async (of: TrainedModel) =>
  loadModel(await exportNoisePredictor(of), { provider: 'simd', threads: 1 })

beforeAll(async () => {
  const request = {
    recipe: 'table',
    hidden: [32, 32, 32],
    steps: 300,
    seed: 1,
    candidates: 2,
    T: 12,
    ...quiet,
  } as const
  trained = await train({ ...request, dataset: table, rules }, { engines, store: memoryStore() })
  const { candidates: _, ...config } = trained.config
  ;[model, single] = [await opened(trained), await opened({ ...trained, config })]
})
afterAll(async () => {
  await model?.dispose()
  await single?.dispose()
})

const rowsOf = async (of: Model, options: Partial<SampleOptions>) =>
  toRows((await sample(of, { count: 2000, seed: 3, ...quiet, ...options })).table) as Order[]

describe('all samples meet the rules of their model', () => {
  it.each(['with', 'without'])('%s candidates, and slots are of one row each', async (which) => {
    const rows = await rowsOf(which === 'with' ? model : single, {})
    expect(rows.filter((row) => !holdsAll(row))).toEqual([])
    expect(new Set(rows.map(({ slot }) => slot)).size).toBe(2000)
    expect(rows.filter(({ shipped }) => shipped === null).length).toBeGreaterThan(200)
  })

  it.each<[Given, (row: Order) => boolean]>([
    [
      { age: { from: 40, below: 60 }, status: { in: ['paid', 'sent'] }, ordered: { to: '2020-12-31' } },
      ({ age, status, ordered }) =>
        Number(age) >= 40 && Number(age) < 60 && status !== 'new' && String(ordered) <= '2020-12-31',
    ],
    [
      { city: { not: ['Rome'] }, total: { above: 100 }, country: 'IT' },
      ({ city, total, country }) => city === 'Pisa' && Number(total) > 100 && country === 'IT',
    ],
    [
      { shipped: null, gross: { from: 300 } },
      ({ shipped, gross }) => shipped === null && Number(gross) >= 300,
    ],
    [{ slot: { from: 1000, below: 2000 } }, ({ slot }) => Number(slot) >= 1000 && Number(slot) < 2000],
    [{ price: { below: 30 }, quantity: 4 }, ({ price, quantity }) => Number(price) < 30 && quantity === 4],
  ])('also given %j', async (given, meets) => {
    const rows = await rowsOf(model, { count: 500, given })
    expect(new Set(rows.map(({ slot }) => slot)).size).toBe(500)
    expect(rows.filter((row) => !(holdsAll(row) && meets(row)))).toEqual([])
  })

  it('in row i, whatever the chunk and the part', async () => {
    const given = { age: { from: 50 }, price: { below: 50 } }
    for (const options of [{}, { given }]) {
      const rows = await rowsOf(model, { count: 300, ...options })
      expect(await rowsOf(model, { count: 300, chunkSize: 23, ...options })).toEqual(rows)
      expect(await rowsOf(model, { from: 170, count: 40, ...options })).toEqual(rows.slice(170, 210))
    }
  })

  it('where they fill gaps of rows that can meet them, and keep what is known', async () => {
    const given = (toRows(table) as Order[]).slice(0, 80)
    const gaps = given.map((row, i) => ({
      ...row,
      ...(i % 2
        ? { age: null, total: null, price: null }
        : { ordered: null, status: null, net: null, country: null }),
    }))
    const full = toRows(await impute(model, gaps, { seed: 2, ...quiet })) as Order[]
    for (const [i, row] of full.entries()) {
      const { ordered, shipped, status } = row
      // a shipped date that is missing is filled too
      expect(row).toMatchObject(
        Object.fromEntries(Object.entries(gaps[i]!).filter(([, cell]) => cell !== null)),
      )
      if (status !== 'new') expect(holdsAll(row)).toBe(true)
      if (shipped !== null && ordered !== null) expect(String(ordered) <= String(shipped)).toBe(true)
    }
    // rows that break a rule by what is known stay as they are
    const broken = { ...given[0]!, tax: 900, gross: 20, age: null }
    const [row] = toRows(await impute(model, [broken], quiet)) as Order[]
    expect(row).toMatchObject({ tax: 900, gross: 20 })
    expect(row!.age).not.toBeNull()
  })
})

/** Bern is in no such country. */
const impossible = { count: 1, numSteps: 2, given: { city: 'Bern', country: { not: ['CH'] } } }

describe('a condition', () => {
  const warningsWith = async (given: Given) => {
    const warnings: string[] = []
    await rowsOf(single, { count: 240, chunkSize: 120, given, onWarning: (line) => warnings.push(line) })
    return warnings
  }

  it('that few rows meet has a warning, once, unless they begin where it is met', async () => {
    const totals = (await rowsOf(single, {})).map(({ total }) => Number(total)).sort((a, b) => a - b)
    // a computed number has no distribution of its own
    expect(await warningsWith({ total: { from: totals[1940]! } })).toEqual([
      expect.stringMatching(
        /^only [\d.]+ % of the rows meet total >= [\d.]+ as they are drawn: they are drawn again/,
      ),
    ])
    const counts = new Map<number, number>()
    for (const { quantity } of await rowsOf(single, {}))
      counts.set(Number(quantity), (counts.get(Number(quantity)) ?? 0) + 1)
    // the rarest, together about one row in twenty
    let left = 100
    const rare = [...counts].sort((a, b) => a[1] - b[1]).filter(([, rows]) => (left -= rows) >= 0)
    expect(rare.length).toBeGreaterThan(1)
    expect(await warningsWith({ quantity: { in: rare.map(([quantity]) => quantity) } })).toEqual([])
  })

  it('that no row can meet is refused, in a line with the row and the condition', async () => {
    await expectRejected(
      () => rowsOf(model, impossible),
      /^sample 0 does not meet .* in 4,096 draws: give a wider condition, or correct the rule$/,
    )
    await expectRejected(
      () => rowsOf(single, { given: { age: { from: 200 } } }),
      /few training rows have that, or none/,
    )
  })

  it('leaves the other columns as rows that meet it by chance have them', async () => {
    const all = await rowsOf(single, { count: 4000, seed: 11 })
    const filtered = all.filter(({ age }) => Number(age) >= 45 && Number(age) < 70)
    const given = await rowsOf(single, { count: 3000, seed: 12, given: { age: { from: 45, below: 70 } } })
    expect(given.every(({ age }) => Number(age) >= 45 && Number(age) < 70)).toBe(true)
    // the 0.1 % point, and a network that is not the same given a cell as without it
    const chance = 1.95 * Math.sqrt(1 / filtered.length + 1 / given.length)
    for (const other of ['size', 'price', 'age']) {
      const [a, b] = [filtered, given].map((rows) => rows.map((row) => Number(row[other])))
      expect(distanceOf(a!, b!)).toBeLessThan(chance + 0.02)
    }
  })
})

describe('of requests that are drawn together, one that no row can meet', () => {
  it('is refused alone', async () => {
    const internals = internalsOf(model)
    const run = (draws: readonly Draw[]) => drawTogether(internals, draws)
    const batches = new Batches({ maxRows: 100, inFlight: 1, run })
    const asked = [{ count: 5, seed: 1 }, impossible, { count: 7, seed: 2, given: { age: { from: 60 } } }]
    const pieces = asked.map(
      (options) => batches.add(drawOf('sample', internals, { numSteps: 2, ...quiet, ...options })).pieces,
    )
    const [first, second, third] = await Promise.allSettled(pieces)
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'out-of-range' } })
    for (const [k, settled] of [
      [0, first],
      [2, third],
    ] as const) {
      if (settled!.status === 'rejected') throw settled!.reason
      const rows = settled!.value.flatMap(({ table }) => toRows(table))
      expect(rows).toEqual(await rowsOf(model, { numSteps: 2, ...asked[k]! }))
    }
  })
})

describe('drawing rows again until they meet what none can', () => {
  const drawn = async (draw: Partial<Draw>) => {
    const internals = internalsOf(single)
    const options = { ...quiet, ...impossible }
    const [rows] = await drawTogether(internals, [{ ...drawOf('sample', internals, options), ...draw }])
    return rows!
  }

  it('ends after as many draws as a draw may have, in turns', async () => {
    const turns = { count: 0 }
    const inTurn = <R>(attempt: () => Promise<R>) => {
      turns.count++
      return attempt()
    }
    await expect(drawn({ mostDraws: 9, inTurn })).rejects.toThrow(/in 9 draws: give a wider condition/)
    expect(turns.count).toBe(8)
  })

  it('ends with the attempt that goes on when its signal ends it', async () => {
    const end = new AbortController()
    const attempts = { count: 0 }
    const onAgain = () => {
      attempts.count++
      if (attempts.count === 3) end.abort()
    }
    await expect(drawn({ signal: end.signal, onAgain })).rejects.toThrow(/aborted/)
    expect(attempts.count).toBe(3)
  })
})

describe('a rule', () => {
  const attempt = (more: readonly string[], options: object = {}) =>
    train(
      { recipe: 'table', hidden: [8], steps: 1, dataset: table, rules: more, ...quiet, ...options },
      { engines, store: memoryStore() },
    )

  it('that rows break is refused before training', async () => {
    await expectRejected(
      () => attempt(['age > 40']),
      /^rule age > 40: \d+ of 400 rows of orders break it, first row \d+, where age is \d+: correct the rows or leave the rule out$/,
    )
  })

  const holdout = { holdout: 0.5, seed: 1 }
  const withCell = (row: number, name: string, cell: number, of = table): NamedTable => ({
    ...of,
    columns: of.columns.map((column) =>
      column.name === name ? { ...column, cells: column.cells.with(row, cell) } : column,
    ),
  })

  it('must hold in held-out rows too, which are counted as in their file', async () => {
    for (const row of [0, 1, 2, 3, 4, 5])
      await expectRejected(
        () => attempt(['age in 18..90'], { ...holdout, dataset: withCell(row, 'age', 91) }),
        `1 of 400 rows of orders breaks it, first row ${row + 1}, where age is 91`,
      )
  })

  it('has the combinations of the training rows, and held-out rows may have others', async () => {
    const counts: (number | undefined)[] = []
    for (const row of [0, 1, 2, 3, 4, 5]) {
      // Lyon is in France in all rows but these five, of which three training rows or more must be left
      const inSwitzerland = (of: NamedTable, k: number) =>
        withCell(5 * row + k, 'country', 0, withCell(5 * row + k, 'city', 3, of))
      const dataset = [0, 1, 2, 3, 4].reduce(inSwitzerland, table)
      const { config } = await resolveConfig(
        { recipe: 'table', dataset, rules: ['seen(city, country)'], ...holdout },
        undefined,
      )
      const [rule] = config.encoding?.rules ?? []
      counts.push(rule?.kind === 'seen' ? rule.rows?.length : undefined)
    }
    expect([...new Set(counts)].sort()).toEqual([4, 5])
  })
})
