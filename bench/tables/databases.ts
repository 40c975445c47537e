import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mean } from '../../src/measure/statistics.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { moonstep } from '../command.ts'
import type { MeasureRows, Setting } from '../group.ts'
import type { Answer } from '../pool/protocol.ts'
import { figure, type Goal, max, min } from '../row.ts'
import { threads } from './models.ts'

/** A measure of bench/judges/databases.py. */
type Key = string

type Measures = readonly (readonly [key: Key, what: string, goal?: Goal])[]

const exact: Measures = [
  ['broken', 'references without a row', max(0)],
  ['repeated', 'keys that repeat', max(0)],
]

/** How often as many parents as were trained on are drawn: two samples of the same rows differ, too. */
const draws = 3

/** Trains on a database's folder; returns the model's file. */
function trained({ folder, log }: Setting, name: string, dataset: string, ...schema: string[]): string {
  log(`training on ${name}`)
  const [run, model] = ['run', 'model.moonstep'].map((end) => join(folder, `${name}-${end}`))
  moonstep('train', '--dataset', dataset, ...schema, '--seed', 0, '--threads', threads, '--out', run!)
  moonstep('export', run!, '--out', model!)
  return model!
}

/** A database, by its folder in bench/data/databases: how its tables were read and split says SOURCES.md there. */
const judged =
  (name: string, measures: Measures): MeasureRows =>
  async (setting) => {
    const folder = `bench/data/databases/${name}`
    const model = trained(setting, name, `${folder}/train`, '--schema', `${folder}/schema.json`)
    const ours: Answer[] = []
    for (let seed = 0; seed < draws; seed++) {
      const out = join(setting.folder, `${name}-drawn-${seed}`)
      moonstep('sample', model, '--seed', seed, '--threads', threads, '--out', out)
      ours.push(await setting.pool.judge({ task: 'databases.judge', name, folder: out }))
    }
    const real = await setting.pool.judge({ task: 'databases.judge_real', name })
    return measures.flatMap(([key, what, goal]) => {
      const seeds = ours.map((answer) => answer[key]!)
      return [
        { ...figure(`${name}: ${what}`, mean(seeds), '', goal), seeds },
        figure(`${name}: ${what}, training rows`, real[key]!),
      ]
    })
  }

/** A shop of customers, their orders, and the items of these. */
function shopIn(folder: string): string {
  const shop = join(folder, 'shop')
  mkdirSync(shop, { recursive: true })
  const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + Math.floor(n))).toISOString().slice(0, 10)
  const customers: string[] = ['id,country,joined,segment']
  const orders: string[] = ['order_no,customer_id,placed,status']
  const items: string[] = ['id,order_no,product,quantity,price']
  for (let id = 1; id <= 1000; id++) {
    const request = { seed: 1, stream: streams.datasets, step: 0, start: id, count: 1, dim: 48 }
    const u = uniforms(request)
    const joined = 300 * u[0]!
    const segment = u[1]! < 0.3 ? 'company' : 'person'
    customers.push([id, ['BE', 'DE', 'FR', 'NL'][Math.floor(4 * u[2]! ** 2)], day(joined), segment].join())
    let placed = joined
    for (let k = 0; k < Math.floor(7 * u[3]!); k++) {
      placed += 1 + 40 * u[4 + k]!
      const order = 7000 + orders.length
      orders.push([order, id, day(placed), u[11 + k]! < 0.8 ? 'shipped' : 'open'].join())
      for (let line = 0; line < 1 + Math.floor(4 * u[18 + k]!); line++) {
        const product = Math.floor(20 * u[25 + ((k + line) % 20)]!)
        const quantity = segment === 'company' ? 5 + product : 1 + (product % 3)
        items.push([items.length, order, `product ${product}`, quantity, 3 + 2 * product].join())
      }
    }
  }
  for (const [name, lines] of Object.entries({ customers, orders, items }))
    writeFileSync(join(shop, `${name}.csv`), `${lines.join('\n')}\n`)
  return shop
}

/** How long a shop takes to be drawn, and how much memory a million children take. */
const drawShop: MeasureRows = async (setting) => {
  const { folder } = setting
  const model = trained(setting, 'shop', shopIn(folder))
  const sample = (customers: number, out: string) =>
    moonstep(
      ...['sample', model, '-n', `customers=${customers}`, '--seed', 1, '--threads', threads],
      ...['--out', join(folder, out)],
    )
  const { seconds } = sample(1000, 'shop.sqlite')
  // each has three orders and seven and a half items, in the mean
  const million = sample(100_000, 'shop-of-a-million')
  return [
    figure('1000 customers with their orders and items, to SQLite: seconds', seconds, 's', max(10)),
    figure(
      '100,000 customers with their orders and items: MB of memory',
      million.memory / 1e6,
      'MB',
      max(600),
    ),
    figure('the same: seconds', million.seconds, 's'),
  ]
}

/** Several tables: what they cost, and how near drawn parents with their children are to real ones. */
export const databases: Readonly<Record<string, MeasureRows>> = {
  shop: drawShop,
  flights: judged('flights', [
    ['joined_flights', 'C2ST of planes joined with their flights', max(0.7)],
    ['sums_flights', 'C2ST of sums by plane', max(0.65)],
    ['trends', 'trends between tables (SDMetrics)', min(0.87)],
    ['children_flights', 'number of flights, KS', max(0.04)],
    ['one_carrier', 'planes with one carrier', min(0.98)],
    ...exact,
  ]),
  baseball: judged('baseball', [
    ['joined_Batting', 'C2ST of people joined with their seasons', max(0.64)],
    ['joined_Salaries', 'C2ST of people joined with their salaries', max(0.6)],
    ['sums_Batting', 'C2ST of sums by person, seasons', max(0.68)],
    ['sums_Salaries', 'C2ST of sums by person, salaries', max(0.65)],
    ['trends', 'trends between tables (SDMetrics)', min(0.91)],
    ['children_Batting', 'number of seasons, KS', max(0.06)],
    ['children_Salaries', 'number of salaries, KS', max(0.06)],
    ['first_season', "first season in the debut's year", min(0.99)],
    ['last_season', "last season in the last game's year", min(0.9)],
    ['next_year', 'next season one year on', min(0.8)],
    ['same_team', 'the same team as the year before', min(0.7)],
    ['at_bats', 'at-bats with those of the season before, correlation (.75 to .82)', min(0.75)],
    ...exact,
  ]),
}
