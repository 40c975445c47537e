import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { PlotOptions } from '../../../src/charts/figures/figure.ts'
import type { FigureName } from '../../../src/charts/figures/index.ts'
import { openFigureModel } from '../../../src/charts/figures/inputs.ts'
import { plot } from '../../../src/charts/figures/plot.ts'
import { sample } from '../../../src/infer/sample.ts'
import { exportModel } from '../../../src/node/export.ts'
import { train } from '../../../src/node/training.ts'
import { columnNamed } from '../../../src/table/columns.ts'
import { namesOf, type Table } from '../../../src/table/table.ts'
import { folderOf } from '../../helpers/folders.ts'
import { expectRejected } from '../../helpers/refusals.ts'
import { petTable } from '../../helpers/tables.ts'
import { boxesOf, readSvg, scaleOf, ticksOf } from '../marks/svg.ts'

const { at } = folderOf('table-figures')

const [rows, model] = [at('pets.csv'), at('pets.onnx')]
const table = petTable(300, 1)
const shown = namesOf(table).filter((name) => name !== 'id')

/** A cell of a table as a text, '' of one that is missing. */
function textOf({ columns }: Table, i: number, name: string): string {
  const { kind, categories, cells } = columnNamed(columns, name)
  const cell = cells[i]!
  if (Number.isNaN(cell)) return ''
  return kind === 'date' ? new Date(cell).toISOString().slice(0, 10) : (categories?.[cell] ?? String(cell))
}

function columnOf(of: Table, name: string): string[] {
  return Array.from({ length: of.count }, (_, i) => textOf(of, i, name))
}

beforeAll(async () => {
  const names = namesOf(table)
  const lines = Array.from({ length: table.count }, (_, i) =>
    names.map((name) => textOf(table, i, name)).join(','),
  )
  writeFileSync(rows, `${[names.join(','), ...lines].join('\n')}\n`)
  const run = await train({
    dataset: table,
    recipe: 'table',
    steps: 20,
    hidden: [32],
    engine: 'simd',
    threads: 1,
  })
  await exportModel({ run, out: model })
})

async function draw({ figure, ...options }: { figure: FigureName } & PlotOptions) {
  const { content, notes } = await plot(figure, options)
  return { ...readSvg(content as string), notes }
}

/** The rows that the bars of a column's panel stand for, by name, of each set of so many rows. */
function barsOf(figure: ReturnType<typeof readSvg>, name: string, counts: readonly number[]) {
  const panel = figure.panels[shown.indexOf(name)]!
  const shares = scaleOf(panel, 'x')
  const labels = ticksOf(panel, 'y').map(({ text }) => text)
  return counts.map((count, s) => {
    const boxes = boxesOf(panel, s)
    const bars = boxes.map(({ x, width }) => (shares(x + width) - shares(x)) * count)
    return Object.fromEntries(labels.map((label, k) => [label, Math.round(bars[k]! * 100) / 100]))
  })
}

function tally(cells: readonly string[], labels: readonly string[]) {
  const countOf = (label: string) =>
    cells.filter((cell) => cell === (label === 'missing' ? '' : label)).length
  return Object.fromEntries(labels.map((label) => [label, countOf(label)]))
}

async function samplesWith(options: { count: number; seed: number; given?: object }): Promise<Table> {
  await using loaded = await openFigureModel(model)
  const { table } = await sample(loaded, options as never)
  return table
}

/** Within a tenth of a row. */
function expectBars(drawn: Record<string, number>, cells: readonly string[]) {
  const labels = Object.keys(drawn)
  const expected = tally(cells, labels)
  expect(Object.values(expected).reduce((a, b) => a + b, 0)).toBe(cells.length)
  for (const label of labels) expect(Math.abs(drawn[label]! - expected[label]!)).toBeLessThan(0.1)
}

describe('a model of a table', () => {
  it('is drawn column by column, the rows of the file next to samples', async () => {
    const figure = await draw({ figure: 'columns', model, data: rows, count: 120, seed: 4 })
    expect(figure.legend).toEqual(['data, 300 rows', 'samples, 120 rows'])
    expect(figure.panels.length).toBe(shown.length)
    const samples = await samplesWith({ count: 120, seed: 4 })
    for (const name of ['kind', 'tame', 'legs', 'planet']) {
      const [data, drawn] = barsOf(figure, name, [300, 120])
      expectBars(data!, columnOf(table, name))
      expectBars(drawn!, columnOf(samples, name))
    }
  })

  it('is drawn next to rows with names that it does not know, which are one bar and are counted', async () => {
    const [header, ...lines] = readFileSync(rows, 'utf8').trim().split('\n')
    const strange = lines.map((line, i) => (i < 5 ? line.replace(/^[a-z]+/, i < 3 ? 'newt' : 'yak') : line))
    writeFileSync(at('strange.csv'), `${[header, ...strange].join('\n')}\n`)
    const note =
      `${at('strange.csv')}, column kind: 5 cells have names that ${model} does not know (newt, yak): ` +
      'drawn as other'
    for (const figure of ['columns', 'pairs', 'samples'] as const) {
      const drawn = await draw({ figure, model, data: at('strange.csv'), count: 90 })
      expect(drawn.notes).toContain(note)
    }
    const figure = await draw({ figure: 'columns', model, data: at('strange.csv'), count: 90 })
    const [data, samples] = barsOf(figure, 'kind', [300, 90])
    const kinds = strange.map((line) => line.split(',')[0]!)
    expectBars(
      data!,
      kinds.map((kind) => (kind === 'newt' || kind === 'yak' ? 'other' : kind)),
    )
    expect(data!.other).toBeCloseTo(5, 1)
    expect(samples!.other ?? 0).toBe(0)
  })

  it('is drawn without data if the data is unknown', async () => {
    const figure = await draw({ figure: 'columns', model, count: 60 })
    expect(figure.legend).toEqual(['samples, 60 rows'])
    expect(figure.notes).toEqual(['samples alone are drawn: `data` is the file to see beside them'])
    await expect(draw({ figure: 'pairs', model, count: 60 })).rejects.toThrow(/give `data`, its file/)
  })

  it('is drawn before and after a condition, and next to the rows of the data that meet it', async () => {
    const given = { kind: 'cat', tame: true }
    const figure = await draw({ figure: 'columns', model, data: rows, count: 90, seed: 2, given })
    const having = Array.from({ length: 300 }, (_, i) => i).filter(
      (i) => textOf(table, i, 'kind') === 'cat' && textOf(table, i, 'tame') === 'yes',
    )
    expect(having.length).toBeGreaterThan(20)
    expect(figure.legend).toEqual([
      'samples, 90 rows',
      'samples with kind = cat, tame = true, 90 rows',
      `data with kind = cat, tame = true, ${having.length} rows`,
    ])
    const [before, after] = [
      await samplesWith({ count: 90, seed: 2 }),
      await samplesWith({ count: 90, seed: 2, given }),
    ]
    for (const name of ['kind', 'tame', 'legs']) {
      const bars = barsOf(figure, name, [90, 90, having.length])
      expectBars(bars[0]!, columnOf(before, name))
      expectBars(bars[1]!, columnOf(after, name))
      expectBars(
        bars[2]!,
        having.map((i) => textOf(table, i, name)),
      )
    }
    // a condition changes what it is on
    expect(new Set(columnOf(after, 'kind'))).toEqual(new Set(['cat']))
    expect(new Set(columnOf(before, 'kind'))).not.toEqual(new Set(['cat']))
  })

  it('is drawn without the rows of the data if fewer than twenty meet the condition', async () => {
    const born = columnOf(table, 'born')[0]!
    const count = columnOf(table, 'born').filter((cell) => cell === born).length
    const given = { born }
    const figure = await draw({ figure: 'columns', model, data: rows, count: 40, given })
    expect(figure.legend).toEqual(['samples, 40 rows', `samples with born = ${born}, 40 rows`])
    expect(figure.notes).toEqual([
      `${count} row${count === 1 ? '' : 's'} of the data with born = ${born}: not drawn, as fewer than 20`,
    ])
    const pairs = await draw({ figure: 'pairs', model, count: 40, given, columns: ['tame', 'kind'] })
    expect(pairs.legend).toEqual(figure.legend)
  })

  it('is drawn with a missing cell as the condition', async () => {
    const figure = await draw({ figure: 'columns', model, data: rows, count: 40, given: { price: null } })
    const missing = columnOf(table, 'price').filter((cell) => cell === '').length
    expect(figure.legend[2]).toBe(`data with price missing, ${missing} rows`)
  })

  it('is drawn pair by pair, with all columns but the key', async () => {
    const { panels, words, legend, notes } = await draw({ figure: 'pairs', model, data: rows, count: 200 })
    expect(panels.length).toBe((shown.length * (shown.length + 1)) / 2)
    expect(words).not.toContain('id')
    expect([legend, notes]).toEqual([['data, 300 rows', 'samples, 200 rows'], []])
    const having = columnOf(table, 'kind').filter((kind) => kind === 'dog').length
    const given = { kind: 'dog' }
    const after = await draw({
      figure: 'pairs',
      model,
      data: rows,
      count: 70,
      given,
      columns: ['tame', 'legs'],
    })
    expect(after.legend).toEqual([`data with kind = dog, ${having} rows`, 'samples with kind = dog, 70 rows'])
  })

  it.each(['columns', 'pairs', 'dataset'] as const)(
    'is drawn in %s without its key, which is refused by name',
    async (figure) => {
      const message = /^column id is a key, the number of a row: choose others$/
      for (const data of [rows, undefined])
        if (data || figure === 'columns')
          await expectRejected(() => draw({ figure, model, data, columns: ['legs', 'id'] }), message)
    },
  )

  it('is drawn in a plane of two columns of numbers or dates, with the rows that have both', async () => {
    const columns = ['born', 'weight']
    const { counts, notes, panels } = await draw({ figure: 'samples', model, data: rows, count: 80, columns })
    const whole = (of: Table) => columnOf(of, 'weight').filter((cell) => cell !== '').length
    const samples = await samplesWith({ count: 80, seed: 0 })
    expect(counts('dot', 'circle')).toEqual([whole(table), whole(samples)])
    expect(notes[0]).toBe(`${300 - whole(table)} rows of the data without born or weight left out`)
    // years stand where they begin
    const years = ticksOf(panels[0]!, 'x')
    expect(years.map(({ text }) => text)).toEqual(expect.arrayContaining(['2012', '2014']))
    const at = scaleOf(panels[0]!, 'x')
    const place = Number(panels[0]!.querySelector('circle')!.getAttribute('cx'))
    const first = columnOf(table, 'weight').findIndex((cell) => cell !== '')
    expect(Math.abs(at(place) - Date.parse(columnOf(table, 'born')[first]!))).toBeLessThan(2 * 86_400_000)
    const chosen = await draw({ figure: 'samples', model, data: rows, count: 80 })
    expect(chosen.notes[0]).toMatch(/^weight and born of 7 columns are drawn: `columns` chooses others/)
  })

  it.each<[FigureName, PlotOptions, RegExp]>([
    ['trajectory', {}, /^trajectory is for models of points, and \S+ is of a table: take plot columns or/],
    ['reverse', {}, /^reverse is for models of points.*: take plot columns or plot pairs$/],
    ['vector-field', {}, /^vector-field is for models of points.*: take plot columns or plot pairs$/],
    ['forward', { data: rows }, /^forward is for models of points.*: take plot columns or plot pairs$/],
    [
      'samples',
      { data: rows, columns: ['kind', 'weight'] },
      /^column kind is a category, and samples draws numbers and dates: plot columns shows each column, plot pairs each pair$/,
    ],
    ['density', { data: rows, columns: ['weight', 'tame'] }, /^column tame is a boolean, and density draws/],
    ['columns', { columns: ['kind', 'wieght'] }, /^unknown column wieght \(did you mean weight\?\)/],
    ['columns', { given: { knd: 'cat' } }, /^unknown column knd \(did you mean kind\?\)/],
    ['columns', { given: { kind: 'cow' } }, /^column kind is 'cow'.*choose from bird, cat, dog, eel$/],
    ['columns', { given: 'kind=cat' as never }, /^given is 'kind=cat', a string: give an object/],
    ['density', { data: rows, given: { kind: 'cat' } }, /^density takes no `given`/],
  ])('is refused in one line by %s with %j', async (figure, options, message) => {
    await expectRejected(() => plot(figure, { model, ...options }), message)
  })

  it('is refused in one line that names the column that the file lacks', async () => {
    const file = at('fewer.csv')
    writeFileSync(file, 'kind,weight\ncat,1.5\ndog,2.5\n')
    await expect(draw({ figure: 'columns', model, data: file, count: 5 })).rejects.toThrow(
      /fewer\.csv has no column legs, which \S+ has: give rows of the same columns/,
    )
  })
})

describe('a file of rows without a model', () => {
  it('is drawn by columns, and by dataset if it has more than numbers', async () => {
    const [columns, dataset] = [
      await draw({ figure: 'columns', data: rows }),
      await draw({ figure: 'dataset', data: rows }),
    ]
    expect(dataset.legend).toEqual(columns.legend.map(() => 'data'))
    for (const figure of [columns, dataset])
      for (const name of ['kind', 'tame']) expectBars(barsOf(figure, name, [300])[0]!, columnOf(table, name))
    expect(dataset.notes.join()).toMatch(/dataset draws each column by itself/)
    expect(() => barsOf(columns, 'id', [300])).toThrow()
  })

  it('is drawn as points by dataset if two columns of numbers or dates are chosen', async () => {
    const { counts, words } = await draw({ figure: 'dataset', data: rows, columns: ['weight', 'born'] })
    const whole = columnOf(table, 'weight').filter((cell) => cell !== '').length
    expect(counts('dot', 'circle')).toEqual([whole])
    expect(words).toEqual(expect.arrayContaining(['weight', 'born']))
  })

  it('takes no condition', async () => {
    await expect(draw({ figure: 'columns', data: rows, given: { kind: 'cat' } })).rejects.toThrow(
      /given is a condition on samples: give a model/,
    )
  })
})
