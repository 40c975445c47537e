import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '../../src/measure/statistics.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { moonstep } from '../command.ts'
import type { Setting } from '../group.ts'
import { figure, max, type Row } from '../row.ts'
import { threads, train } from './models.ts'

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

/** How long a million rows take that hold five rules, beside a million without rules, in turn. */
export async function usableRows(setting: Setting): Promise<Row[]> {
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
