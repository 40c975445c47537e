import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mean, median } from '../../src/measure/statistics.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { moonstep } from '../command.ts'
import { type Setting, seedsOf } from '../group.ts'
import { figure, max, type Row } from '../row.ts'
import { countRows, drawRows, madeColumns, threads, train } from './models.ts'

const rules = [
  'ordered <= shipped',
  'total = quantity * price',
  'seen(city, country)',
  'if status = shipped then shipped is set',
  'price in 1..50',
]

const places = ['BE,Ghent', 'BE,Namur', 'FR,Lyon', 'FR,Paris', 'DE,Bonn']

const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + Math.floor(n))).toISOString().slice(0, 10)

/** Orders, each of which holds the rules. */
function ordersIn(folder: string): string {
  const count = 5000
  const u = uniforms({ seed: 1, stream: streams.datasets, step: 0, start: 0, count, dim: 7 })
  const lines = Array.from({ length: count }, (_, i) => {
    const [a, b, c, d, e, f, g] = u.subarray(7 * i, 7 * i + 7) as unknown as number[]
    const ordered = 300 * a!
    const isShipped = b! < 0.7
    const quantity = 1 + Math.floor(6 * c!)
    const price = Math.round(100 + 4900 * d! ** 2) / 100
    const cells = [
      1001 + i,
      `AB-${String(i + 1).padStart(5, '0')}`,
      places[Math.floor(places.length * e!)],
      day(ordered),
      isShipped ? day(ordered + 20 * f! ** 2) : '',
      isShipped ? 'shipped' : g! < 0.8 ? 'open' : 'cancelled',
      quantity,
      price,
      (quantity * price).toFixed(2),
    ]
    return cells.join()
  })
  const path = join(folder, 'orders.csv')
  writeFileSync(
    path,
    `id,code,country,city,ordered,shipped,status,quantity,price,total\n${lines.join('\n')}\n`,
  )
  return path
}

/** Rules that hold in tables as they are (bench/data/SOURCES.md). */
const rulesOfTables: Readonly<Record<string, readonly string[]>> = {
  diamonds: ['x in 0..11', 'z <= x', 'z <= y', 'price in 300..20000'],
  salaries: ['seen(yearID, teamID)', 'seen(teamID, lgID)', 'salary >= 50000'],
  attrition: [
    'YearsInCurrentRole <= YearsAtCompany <= TotalWorkingYears',
    'YearsWithCurrManager <= YearsAtCompany',
    'YearsSinceLastPromotion <= YearsAtCompany',
  ],
}

/** How well trees tell samples of models with rules from held-out rows, beyond those of models without. */
async function costOfRules(setting: Setting): Promise<Row[]> {
  const seeds = seedsOf(setting, 3)
  const judged = async (table: string, seed: number, rules: readonly string[]) => {
    const name = `gauntlet/${table}`
    const [dataset, held] = [`bench/data/${name}.train.csv.gz`, `bench/data/${name}.hold.csv.gz`]
    const options = rules.flatMap((rule) => ['--rule', rule])
    const { run, model } = train(setting, `${table}-${seed}-${rules.length}`, dataset, seed, ...options)
    const file = drawRows(setting, model, countRows(held), seed)
    const made = await madeColumns(run)
    return (await setting.pool.judge({ task: 'gauntlet.judge', name, file, made })).c2st_excess!
  }
  const differences: number[][] = []
  const rows: Row[] = []
  for (const [table, rules] of Object.entries(rulesOfTables)) {
    const [ruled, without]: [number[], number[]] = [[], []]
    for (const seed of seeds) {
      ruled.push(await judged(table, seed, rules))
      without.push(await judged(table, seed, []))
    }
    differences.push(ruled.map((excess, k) => excess - without[k]!))
    rows.push(
      { ...figure(`${table}: C2ST less real, with rules`, mean(ruled)), seeds: ruled },
      { ...figure(`${table}: C2ST less real, without`, mean(without)), seeds: without },
    )
  }
  const difference = seeds.map((_, k) => mean(differences.map((each) => each[k]!)))
  const what = 'C2ST of the learned columns with rules of theirs, less that without: mean of three tables'
  return [{ ...figure(what, mean(difference), '', max(0.01)), seeds: difference }, ...rows]
}

/** How long a million rows take that hold five rules, beside a million without rules, in turn. */
async function millionRows(setting: Setting): Promise<Row[]> {
  const { folder } = setting
  const orders = ordersIn(folder)
  const options = ['--candidates', '1']
  const stated = rules.flatMap((rule) => ['--rule', rule])
  const models = {
    without: train(setting, 'orders', orders, 0, ...options).model,
    with: train(setting, 'orders-ruled', orders, 0, ...options, ...stated).model,
  }
  const rows = 1_000_000
  const seconds = { without: [] as number[], with: [] as number[] }
  for (let round = 0; round < Math.min(3, setting.rounds); round++)
    for (const which of ['without', 'with'] as const)
      seconds[which].push(
        moonstep(
          ...['sample', models[which], '-n', rows, '--seed', round, '--threads', threads],
          ...['--out', join(folder, 'million.csv')],
        ).seconds,
      )
  // the last file is of the model with rules
  const broken = await setting.pool.judge({ task: 'rules.broken', file: join(folder, 'million.csv') })
  const [without, ruled] = [median(seconds.without), median(seconds.with)]
  return [
    figure('a million rows with five rules, times as long as without', ruled / without, '', max(1.3)),
    figure('a million rows with five rules: seconds', ruled),
    figure('a million rows without rules: seconds', without),
    figure('rows of the million that break a rule', broken.rows!, '', max(0)),
    figure('keys of the million that repeat, or are those of the rows', broken.keys!, '', max(0)),
  ]
}

/** What rules cost: time, and how near the rows are to real ones. */
export async function usableRows(setting: Setting): Promise<Row[]> {
  return [...(await millionRows(setting)), ...(await costOfRules(setting))]
}
