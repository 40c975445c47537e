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
import {
  compare, exportModel, type FigureName, loadModel, plot, type Points, type ProviderName, sample, toRows, train,
} from './index.ts'
import { type DatasetName, datasetNames } from './table/datasets/index.ts'

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
const headed = []
for (const engine of ['onnx', 'simd'] as const) {
  const run = await train({ dataset: rows, recipe: 'noisy', hidden: [16, 16], steps: 40, candidates: 1, engine, onNote() {}, onWarning() {} })
  const { model: bytes, sampler: whole } = await exportModel({ run, sampler: { numSteps: 4 } })
  const [model, graph] = [await loadModel(bytes), await loadModel(whole!)]
  const drawn = { count: 50, given: { kind: 'dog' } }
  const first = await sample(model, { ...drawn, numSteps: 4 })
  headed.push({
    card: [model.card.format, model.card.network.head, model.card.network.activation],
    graph: far((await sample(graph, drawn)).x_0, first.x_0),
    given: new Set(toRows(first.table).map(({ kind }) => kind)).size,
    simd: far((await sample(await loadModel(bytes, { provider: 'simd' }), { ...drawn, numSteps: 4 })).x_0, first.x_0),
    pass: (await compare(bytes, { providers: ['cpu', 'simd'], samples: 16 })).pass,
  })
}
console.log(JSON.stringify({
  headed,
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
    ])
  })

  it('the sampler, dataset, provider, figure and head compile', { timeout: 300_000 }, () => {
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
    for (const { graph, simd, ...rest } of found.headed) {
      expect(rest).toEqual({ card: [3, 'noise', 'silu'], given: 1, pass: true })
      expect(Math.max(graph, simd)).toBeLessThan(1e-4)
    }
    expect(found.headed).toHaveLength(2)
    expect(found.graph).toBeLessThan(1e-5)
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
})
