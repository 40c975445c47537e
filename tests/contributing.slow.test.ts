import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Lexer, type Tokens, walkTokens } from 'marked'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const copy = mkdtempSync(join(tmpdir(), 'moonstep-contributing-'))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** The files that CONTRIBUTING.md writes, and the lines that it adds. */
const blocks: { language: string; file: string; text: string }[] = []
walkTokens(new Lexer().lex(readFileSync('CONTRIBUTING.md', 'utf8')), (token) => {
  if (token.type !== 'code') return
  const { lang = '', text } = token as Tokens.Code
  const [language = '', file = ''] = lang.split(' file=')
  if (file !== '') blocks.push({ language, file, text })
})

/** A text with the lines of a diff without numbers: what is kept or taken away must stand there once. */
function patched(text: string, diff: string, file: string): string {
  let result = text
  let at = 0
  for (const line of diff.split('\n')) {
    const [sign, rest] = [line[0], `${line.slice(1)}\n`]
    if (sign !== '+') {
      expect(result.split(rest).length, `${file} has once: ${rest}`).toBe(2)
      at = result.indexOf(rest)
    }
    if (sign === '-') result = result.slice(0, at) + result.slice(at + rest.length)
    if (sign === '+') result = result.slice(0, at) + rest + result.slice(at)
    if (sign !== '-') at += rest.length
  }
  return result
}

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: copy,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const moonstep = (...args: string[]) => run('dist/cli/main.js', ...args)

/** Each is known to the types, and used through the public functions. */
const proof = `
import { readFileSync, writeFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import {
  compare, exportModel, type FigureName, loadModel, plot, type Points, type ProviderName, readDatabase, sample, toRows, train,
  writeDatabase,
} from './index.ts'
import { heldValues } from './report/held.ts'
import { type DatasetName, datasetNames } from './table/datasets/index.ts'
import { decode } from './table/encodings/decode.ts'
import { encode } from './table/encodings/encode.ts'
import { fitTable } from './table/encodings/fit.ts'
import { tableOfRows } from './table/inference/rows.ts'

const dataset: DatasetName = 'ring'
const provider: ProviderName = 'single'
const figure: FigureName = 'cloud'
await train({ dataset, rows: 60, out: 'run', hidden: [8, 8], T: 6, steps: 5, batchSize: 20, engine: 'onnx' })
await exportModel({ run: 'run', out: 'model.onnx', samplerOut: 'sampler.onnx', sampler: { sampler: 'cooled', cooling: 0.5 } })
const model = await loadModel('model.onnx', { provider })
const draw = async (options: object) => (await sample(model, { count: 9, ...options })).points
const far = (a: Points, b: Points) => Math.max(...a.data.map((x, i) => Math.abs(x - (b.data[i] ?? Number.NaN))))
const ddim = await draw({ sampler: 'ddim' })
const half = await draw({ sampler: 'cooled', cooling: 0.5 })
const graph = await loadModel('sampler.onnx', { provider })
const { providers, pass } = await compare('model.onnx', { providers: [provider], samples: 16 })
const { content } = await plot(figure, { model: 'model.onnx', count: 7 })
const rows = Array.from({ length: 200 }, (_, i) => ({
  kind: ['cat', 'dog', 'eel'][i % 3], weight: (i * 37) % 101 / 7, age: i % 5 === 0 ? null : (i * 53) % 89,
}))
async function runSeeded(bytes: Uint8Array, seed: number, count: number) {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const int64 = (of: (i: number) => number) => new Tensor('int64', BigInt64Array.from({ length: count }, (_, i) => BigInt(of(i))), [count])
  return session.run({ seed: int64(() => seed), index: int64((i) => i) })
}
const headed = []
for (const engine of ['onnx', 'simd'] as const) {
  const run = await train({ dataset: rows, recipe: 'noisy', hidden: [16, 16], steps: 120, candidates: 1, engine, onNote() {}, onWarning() {} })
  const { model: bytes, sampler: whole, seeded } = await exportModel({ run, seeded: true, sampler: { numSteps: 4 } })
  const [model, graph] = [await loadModel(bytes), await loadModel(whole!, { provider: 'cpu' })]
  const drawn = { count: 50, given: { kind: 'dog' } }
  const first = await sample(model, { ...drawn, numSteps: 4 })
  const inGraph = await runSeeded(seeded!, 7, 200)
  const { table } = await sample(graph, { seed: 7, count: 200 })
  const isSame = (cell: unknown, output: unknown) => Object.is(cell ?? Number.NaN, typeof output === 'bigint' ? Number(output) : output)
  headed.push({
    card: [model.card.format, model.card.network.head, model.card.network.activation],
    encodings: model.card.encoding?.columns.map(({ as }) => as),
    seeded: toRows(table).flatMap((row, i) => Object.entries(row).filter(([name, cell]) => !isSame(cell, inGraph[name]!.data[i]))),
    ages: new Set(toRows(table).map(({ age }) => age)).size > 9,
    graph: far((await sample(graph, drawn)).x_0, first.x_0),
    given: new Set(toRows(first.table).map(({ kind }) => kind)).size,
    simd: far((await sample(await loadModel(bytes, { provider: 'simd' }), { ...drawn, numSteps: 4 })).x_0, first.x_0),
    pass: (await compare(bytes, { providers: ['cpu', 'simd'], samples: 16 })).pass,
  })
}
const offers = Array.from({ length: 300 }, (_, i) => {
  const [shop, web] = [((i * 7919) % 9973) / 100, ((i * 6271) % 9949) / 100]
  return { shop, web, best: Math.min(shop, web) }
})
const ofOffers = await train({ dataset: offers, recipe: 'table', hidden: [16, 16], steps: 20, candidates: 1, engine: 'simd', onNote() {}, onWarning() {} })
const { model: offerModel, seeded: offerGraph } = await exportModel({ run: ofOffers, seeded: true, sampler: { numSteps: 4 } })
const best = await loadModel(offerModel, { provider: 'cpu' })
const cheapest = toRows((await sample(best, { seed: 7, count: 200, numSteps: 4 })).table)
const bestInGraph = await runSeeded(offerGraph!, 7, 200)
const counts = Array.from({ length: 2000 }, (_, i) => ({ x: i % 9 === 1 ? null : Math.min(999_000, i % 2 === 0 ? i * 500 : 1e6 - i) }))
const read = tableOfRows(counts, 'counts')
const encoding = fitTable(read)
const decoded = toRows(decode(encoding, encode(encoding, read)))
const shops = ['Ghent', 'Mons', 'Ypres', 'Namur'].map((city, i) => ({ id: 40 + i, city }))
const sales = Array.from({ length: 60 }, (_, i) => ({ sale_id: 700 + i, shop_id: 40 + (i * i) % 4, price: (i * 37) % 101 / 4 }))
writeFileSync('shop.bundle', JSON.stringify({ sales, shops }))
const database = await readDatabase('shop.bundle')
await writeDatabase('copy.bundle', database)
console.log(JSON.stringify({
  headed,
  relations: best.card.encoding?.relations,
  cheapest: cheapest.filter(({ shop, web, best }) => best !== Math.min(shop as number, web as number)),
  bestInGraph: [...bestInGraph.best!.data].filter((cell, i) => cell !== Math.min(Number(bestInGraph.shop!.data[i]), Number(bestInGraph.web!.data[i]))).length,
  given: toRows((await sample(best, { count: 20, given: { best: 40 }, numSteps: 4 })).table).filter(({ shop, web }) => Math.min(shop as number, web as number) !== 40),
  encoding: encoding.columns,
  held: heldValues({ encoding }).map(({ sentence }) => sentence),
  decoded: decoded.filter(({ x }, i) => x !== counts[i]!.x),
  references: database.schema.tables.sales!.references,
  cities: [...database.tables.get('sales')!.links[0]!].every((row, i) => shops[row]!.id === sales[i]!.shop_id),
  isCopied: JSON.stringify(JSON.parse(readFileSync('copy.bundle', 'utf8'))) === JSON.stringify({ shops, sales }),
  isKnown: datasetNames.includes('ring'),
  provider: model.info.provider,
  uncooled: far(await draw({ sampler: 'cooled', cooling: 0 }), ddim),
  cooled: far(half, ddim),
  graph: far((await sample(graph, { count: 9 })).points, half),
  compared: providers.map((each) => each.provider),
  samplers: providers[0]?.processes.map((each) => each.sampler),
  pass,
  dots: String(content).match(/<circle/g)?.length,
}))
await model.dispose()
await graph.dispose()
`

beforeAll(() => {
  for (const name of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'assets'])
    cpSync(name, join(copy, name), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'))
  for (const { language, file, text } of blocks) {
    const path = join(copy, file)
    const content = language === 'diff' ? patched(readFileSync(path, 'utf8'), text, file) : `${text}\n`
    writeFileSync(path, content)
  }
  writeFileSync(join(copy, 'src/proof.ts'), proof)
}, 60_000)

describe('CONTRIBUTING.md, followed word by word', () => {
  it('the files and lines that it names are written, and a recipe gets the head', () => {
    expect(blocks.map(({ language }) => language)).toEqual([
      ...new Array(5).fill(['ts', 'diff']).flat(),
      'diff',
      ...['ts', 'diff', 'diff'],
      ...['ts', 'ts', 'diff', 'diff', 'diff'],
      ...['ts', 'diff', 'diff', 'diff'],
    ])
  })

  it('the sampler, dataset, provider, figure, head, encoding, relation and store compile', {
    timeout: 300_000,
  }, () => {
    const { status, stdout } = run('node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.build.json')
    expect([stdout, status]).toEqual(['', 0])
  })

  it('the public functions accept what was added', { timeout: 120_000 }, () => {
    const { stdout, stderr, status } = run('dist/proof.js')
    expect([stderr, status]).toEqual(['', 0])
    const found = JSON.parse(stdout)
    expect(found).toMatchObject({
      isKnown: true,
      provider: 'single',
      uncooled: 0,
      compared: ['single'],
      samplers: expect.arrayContaining([expect.stringContaining('cooled')]),
      pass: true,
      dots: 7,
    })
    expect(found.cooled).toBeGreaterThan(0.01)
    const own = { encodings: ['category', 'quantile', 'root'], seeded: [], ages: true }
    for (const { graph, simd, ...rest } of found.headed) {
      expect(rest).toEqual({ card: [3, 'noise', 'silu'], given: 1, pass: true, ...own })
      expect(Math.max(graph, simd)).toBeLessThan(1e-4)
    }
    expect(found.headed).toHaveLength(2)
    expect(found.graph).toBeLessThan(1e-5)
    expect(found).toMatchObject({
      encoding: [{ name: 'x', kind: 'integer', gaps: true, as: 'root', most: 999_000 }],
      held: [
        'For x, the model file holds 2 values, among them both ends of its range, each of three rows or more.',
      ],
      decoded: [],
      relations: [{ kind: 'least', column: 'best', by: ['shop', 'web'], share: 1 }],
      cheapest: [],
      bestInGraph: 0,
      given: [],
      references: [{ columns: ['shop_id'], table: 'shops' }],
      cities: true,
      isCopied: true,
    })
  })

  it('the command line accepts what was added', { timeout: 120_000 }, () => {
    const drawn = moonstep(
      'sample',
      'model.onnx',
      '--sampler',
      'cooled',
      '--cooling',
      '0.2',
      '--out',
      'a.csv',
      '-n',
      '3',
    )
    expect([drawn.status, drawn.stderr]).toEqual([0, expect.stringContaining('cooled, cooling 0.2')])
    const wrong = moonstep(
      'sample',
      'model.onnx',
      '--sampler',
      'cooled',
      '--cooling',
      '2',
      '--out',
      'b.csv',
      '-n',
      '3',
    )
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/^moonstep: --cooling 2: give a number from 0 to 1\n$/),
    ])
    expect(moonstep('train', '--help').stdout).toMatch(/gaussian-mixture,\s+ring/)
    expect(moonstep('plot', '--help').stdout).toContain('cloud         samples alone')
    expect(moonstep('plot', 'cloud', 'model.onnx', '--out', 'cloud.svg').status).toBe(0)
    const { providers } = JSON.parse(
      moonstep(
        'bench',
        'model.onnx',
        '--providers',
        'single',
        '--batches',
        '1',
        '--seconds',
        '0.01',
        '--json',
      ).stdout,
    )
    expect(providers).toMatchObject([{ provider: 'single', threads: 1 }])
    expect(moonstep('sample', '--help').stdout).toMatch(/reference",\s+"single"/)
  })

  it('tables are read from the store that was added, and written to it', { timeout: 120_000 }, () => {
    expect(
      moonstep('train', '--dataset', 'shop.bundle', '--out', 'shop', '--steps', '20', '--engine', 'simd')
        .status,
    ).toBe(0)
    expect(moonstep('export', 'shop', '--out', 'shop.moonstep').status).toBe(0)
    const drawn = moonstep('sample', 'shop.moonstep', '--count', 'shops=5', '--out', 'drawn.bundle')
    expect([drawn.status, drawn.stderr]).toEqual([0, expect.stringContaining('drawn.bundle')])
    const { shops, sales } = JSON.parse(readFileSync(join(copy, 'drawn.bundle'), 'utf8'))
    expect([shops.length, sales.length > 5]).toEqual([5, true])
    const ids = new Set(shops.map(({ id }: { id: number }) => id))
    for (const { shop_id } of sales) expect(ids).toContain(shop_id)
    writeFileSync(join(copy, 'broken.bundle'), '{"shops": 1}')
    const refused = moonstep('schema', 'broken.bundle')
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/^moonstep: broken.bundle: shops: .*\n$/),
    ])
  })
})
