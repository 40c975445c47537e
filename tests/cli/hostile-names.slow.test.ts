import { mkdirSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { moonstep, type Outcome } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'

/** A colour, a window's title, a return, text from right to left, a bell, C1's escape, no width, half a pair. */
const raw = [
  '\u001b[31m',
  '\u001b]0;x\u0007',
  '\r',
  '\u202e',
  '\u0007',
  '\u009b31m',
  '\u200b',
  '\ufdd0x\ufdd4',
]
const hostile = raw.join('')
/** A table's file has its name in one line. */
const inTables = hostile.replaceAll('\r', '')
const { at } = folderOf('hostile-names')

/** Folders, files, columns and categories whose names a terminal would obey. */
const folder = at(`f${hostile}`)
const file = (name: string) => `${folder}/${name}${hostile}`
const [number, category, date, other] = ['n', 'c', 'd', 'o'].map((name) => `${name}${hostile}`) as [
  string,
  string,
  string,
  string,
]

function csv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  return [header, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('')
}

function rowsOf(count: number): string[][] {
  return Array.from({ length: count }, (_, i) => [
    String((i * 37) % 101),
    `${i % 2 === 0 ? 'x' : 'y'}${hostile}`,
    `2020-01-${String(1 + (i % 28)).padStart(2, '0')}`,
    i % 60 === 7 ? '' : String(((i * 53) % 97) / 10),
  ])
}

/** No character of a name that a terminal obeys: lines, and what Moonstep itself writes. */
function expectPrintable(text: string, what: string): void {
  const found = /[\p{C}\u2028\u2029]/u.exec(text.replaceAll('\n', ''))
  expect(
    found && `${what}: ${JSON.stringify(text.slice(Math.max(0, found.index - 200), found.index + 20))}`,
  ).toBeNull()
}

/** Runs a command whose names are hostile; its data on stdout may hold them. */
async function run(status: number, ...words: string[]): Promise<Outcome> {
  const outcome = await moonstep(...words)
  expect([words, outcome.status, outcome.stderr]).toEqual([words, status, outcome.stderr])
  expectPrintable(outcome.stderr, `stderr of ${words[0]}`)
  return outcome
}

async function says(status: number, ...words: string[]): Promise<Outcome> {
  const outcome = await run(status, ...words)
  expectPrintable(outcome.stdout, `stdout of ${words[0]}`)
  return outcome
}

const table = file('t').concat('.csv')
const points = file('p').concat('.csv')
const model = file('m').concat('.onnx')
const samples = file('samples').concat('.csv')
const plan = file('plan').concat('.csv')
const broken = file('broken').concat('.csv')
const tables = file('tables')
const small = ['--steps', '3', '--hidden', '8', '--threads', '1']

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(table, csv([number, category, date, other], rowsOf(240)))
  writeFileSync(
    points,
    csv(
      [number, other],
      rowsOf(120).map(([a, , , b]) => [a!, b || '1']),
    ),
  )
  writeFileSync(plan, csv([category, 'count'], [[`x${hostile}`, '2']]))
  writeFileSync(broken, `${csv([number, category], rowsOf(3))}"${hostile}" x\n`)
  mkdirSync(tables)
  writeFileSync(
    `${tables}/t${inTables}.csv`,
    csv(
      [`id${hostile}`, category],
      rowsOf(30).map(([, c], i) => [String(i + 1), c!]),
    ),
  )
  writeFileSync(
    `${tables}/u${inTables}.csv`,
    csv(
      [`t${hostile}_id`, other],
      rowsOf(60).map(([, , , o], i) => [String(1 + (i % 30)), o!]),
    ),
  )
  await says(0, 'train', '--dataset', table, '--holdout', '0.4', '--out', file('run'), ...small)
  await says(0, 'export', file('run'), '--out', model, '--seeded-out', `${file('seeded')}.onnx`)
  await says(0, 'sample', model, '-n', '100', '--out', samples)
  await says(0, 'train', '--dataset', points, '--recipe', 'points', '--out', file('points'), ...small)
  await says(0, 'export', file('points'), '--out', `${file('p')}.onnx`, '--sampler-out', `${file('s')}.onnx`)
})

describe('names that a terminal would obey are not printed raw by', () => {
  it('info', async () => {
    await says(0, 'info', model)
    await says(0, 'info', model, '--typescript')
    await says(0, 'info', `${file('s')}.onnx`)
  })

  it('sample', async () => {
    await run(0, 'sample', model, '-n', '3')
    await run(0, 'sample', model, '-n', '3', '--given', `${category}=x${hostile}`)
    await run(0, 'sample', model, '--given-file', plan)
    await says(0, 'sample', `${file('p')}.onnx`, '-n', '3', '--out', `${file('p')}.npy`)
    for (const given of [
      `${category}=z${hostile}`,
      `${number}=z${hostile}`,
      `e${hostile}=1`,
      hostile,
      `${date}=${hostile}`,
    ])
      await says(2, 'sample', model, '--given', given)
    await says(2, 'sample', model, '--out', `${file('p')}.${hostile}`)
    await says(2, 'sample', `${file('none')}.onnx`)
    await says(2, 'sample', table)
  })

  it('shards', async () => {
    await says(0, 'sample', model, '-n', '4', '--shard', '1/2', '--out', file('parts'))
    await says(1, 'shards', 'verify', file('parts'), '--model', model)
    await says(2, 'shards', 'verify', file('none'))
  })

  it('impute', async () => {
    await run(0, 'impute', model, table)
    await says(0, 'impute', model, table, '--out', `${file('full')}.csv`)
    await says(2, 'impute', model, points, '--drop', hostile)
    await says(2, 'impute', `${file('p')}.onnx`, table)
  })

  it('evaluate', async () => {
    const against = `${file('run')}/holdout.csv`
    const train = ['--train', `${file('run')}/train.csv`]
    await says(0, 'evaluate', samples, '--against', table)
    await says(
      0,
      'evaluate',
      samples,
      '--against',
      against,
      ...train,
      '--model',
      model,
      '--report',
      `${file('r')}.html`,
    )
    await says(0, 'evaluate', samples, '--against', against, ...train, '--given', `${category}=x${hostile}`)
    await says(1, 'evaluate', samples, '--against', against, '--max-ratio', '0.0001', '--model', model)
    await says(2, 'evaluate', samples, '--against', points)
    await says(2, 'evaluate', samples, '--against', against, ...train, '--target', hostile)
    await says(2, 'evaluate', samples, '--against', against, ...train, '--given', `${category}=z${hostile}`)
    await says(2, 'evaluate', file('none'), '--against', against)
  })

  it('report', async () => {
    await says(0, 'report', file('run'), '--given', `${category}=x${hostile}`)
    await says(2, 'report', file('points'))
    await says(2, 'report', file('none'))
  })

  it('plot', async () => {
    const out = ['--out', `${file('figure')}.svg`]
    for (const figure of ['columns', 'pairs'])
      await says(0, 'plot', figure, model, '--data', table, '--given', `${category}=x${hostile}`, ...out)
    for (const figure of ['samples'])
      await says(0, 'plot', figure, `${file('p')}.onnx`, '--data', points, ...out)
    await says(0, 'plot', 'dataset', '--data', points, ...out)
    await says(0, 'plot', 'loss', file('run'), ...out)
    await says(2, 'plot', 'dataset', '--data', points, '--columns', hostile, ...out)
    await says(2, 'plot', 'dataset', table, ...out)
  })

  it('compare and bench', async () => {
    await says(
      0,
      'compare',
      model,
      '--providers',
      'cpu',
      '--reference',
      file('run'),
      '--markdown',
      file('md'),
    )
    await says(0, 'bench', model, '--providers', 'cpu', '--batches', '1', '--seconds', '0.001')
    await says(2, 'bench', model, '--providers', hostile)
    await says(2, 'compare', model, '--reference', file('none'))
  })

  it('distill', async () => {
    await says(0, 'distill', file('points'), '--pairs', '20', '--steps', '2', '--out', file('student'))
    await says(0, 'distill', file('points'), '--steps', '3', '--out', file('student'), '--resume')
    await says(2, 'distill', file('run'), '--out', file('other'))
  })

  it('train', async () => {
    const again = ['train', '--dataset', table, '--out', file('again'), ...small]
    await says(0, 'train', '--out', file('run'), '--resume', '--steps', '4')
    await says(
      0,
      ...again,
      '--types',
      `${category}=category,${date}=drop`,
      '--rule',
      `"${number}" in 0..1000`,
    )
    await says(2, ...again)
    for (const rule of [
      `"${number}" <= "${other}"`,
      `"${number}" <= '${hostile}'`,
      `unique("${hostile}")`,
      hostile,
      `if "${category}" = '${hostile}' then "${number}" in 0..1`,
    ])
      await says(2, ...again, '--force', '--rule', rule)
    for (const option of [
      '--columns',
      '--drop',
      '--types',
      '--independent',
      '--recipe',
      '--schedule',
      '--rules',
      '--engine',
    ])
      await says(2, ...again, '--force', option, hostile)
    await says(2, ...again, '--force', '--types', `${category}=number`)
    await says(2, 'train', '--dataset', file('none'), '--out', file('other'))
    await says(2, 'train', '--dataset', broken, '--out', file('other'))
    await says(2, 'train', '--out', file('run'), '--resume', '--dataset', points)
  })

  it('schema, and training and sampling several tables', async () => {
    await says(0, 'schema', tables, '--out', `${file('schema')}.json`)
    await says(0, 'train', '--dataset', tables, '--out', file('db'), ...small)
    await says(0, 'export', file('db'), '--out', `${file('db')}.moonstep`)
    await says(0, 'sample', `${file('db')}.moonstep`, '--out', file('rows'))
    await says(2, 'sample', `${file('db')}.moonstep`, '--out', file('rows2'), '-n', `${hostile}=3`)
  })

  it('wrong calls', async () => {
    for (const words of [
      [hostile],
      ['train', hostile],
      ['sample'],
      ['sample', model, `--${hostile}`],
      ['plot', hostile],
      ['doctor', hostile],
    ])
      await says(2, ...words)
    await says(2, 'export', file('none'))
    await says(0, 'help', 'train')
  })
})
