import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { memoryStore, type RunFile } from '../../src/model/run-store.ts'
import { runFiles } from '../../src/node/run-folder.ts'
import { train as trainInNode } from '../../src/node/training.ts'
import { uniforms } from '../../src/numerics/random.ts'
import type { NamedTable, TableColumn } from '../../src/table/table.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { countsOf, setAside } from '../../src/train/resolve/aside.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines, stoppingAfter } from '../helpers/engines.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRejected } from '../helpers/refusals.ts'

const { at } = folderOf('aside')

const quick = {
  steps: 2,
  hidden: [8, 8],
  batchSize: 32,
  engine: 'simd',
  onNote() {},
  onWarning() {},
} as const

/** A table of its rows' numbers. */
const numbered = (count: number): NamedTable => ({
  name: 'numbered',
  count,
  columns: [{ name: 'row', kind: 'integer', cells: Float64Array.from({ length: count }, (_, i) => i) }],
})

const numbersIn = (table: NamedTable | undefined) => (table ? [...table.columns[0]!.cells] : [])

describe('how many rows are kept aside by default', () => {
  it.each([
    [4, 0, 0],
    [5, 1, 0],
    [100, 20, 0],
    [300, 60, 0],
    [600, 60, 0],
    [1000, 100, 0],
    [2999, 300, 0],
    [3000, 300, 300],
    [24_403, 2440, 2440],
    [50_000, 5000, 5000],
    [1_000_000, 5000, 5000],
  ])('of %i are %i to judge and %i to choose', (rows, holdout, validation) => {
    expect(countsOf(rows, {})).toEqual({ train: rows - holdout - validation, holdout, validation })
  })

  it('is none of a set whose share is 0, and a share says how many, beyond which the other set takes no more than a fifth', () => {
    expect(countsOf(5000, { holdout: 0 })).toEqual({ train: 4500, holdout: 0, validation: 500 })
    expect(countsOf(5000, { validation: 0 })).toEqual({ train: 4500, holdout: 500, validation: 0 })
    expect(countsOf(100, { holdout: 0.3, validation: 0.1 })).toEqual({
      train: 60,
      holdout: 30,
      validation: 10,
    })
    expect(countsOf(3000, { holdout: 0.9 })).toEqual({ train: 240, holdout: 2700, validation: 60 })
    expect(countsOf(3000, { validation: 0.9 })).toEqual({ train: 240, holdout: 60, validation: 2700 })
  })
})

describe('the parts of a table', () => {
  it('are together all of its rows, each once and in their order, chosen by the seed', () => {
    const all = numbered(3100)
    const parts = setAside(all, {}, 1)
    const numbers = [parts.table, parts.holdout, parts.validation].map(numbersIn)
    expect(numbers.map(({ length }) => length)).toEqual([2480, 310, 310])
    expect(numbers.flat().sort((a, b) => a - b)).toEqual(numbersIn(all))
    for (const each of numbers) expect(each).toEqual(each.toSorted((a, b) => a - b))
    expect(setAside(all, {}, 1)).toEqual(parts)
    expect(numbersIn(setAside(all, {}, 2).holdout)).not.toEqual(numbers[1])
    // who judges does not depend on who chooses
    expect(numbersIn(setAside(all, { validation: 0 }, 1).holdout)).toEqual(numbers[1])
  })

  it('are refused if a share is of no row, or leaves fewer than two', () => {
    expect(() => setAside(numbered(9), { validation: 0.01 }, 0)).toThrow(
      /^validation is 0\.01, which sets aside 0 of the 9 rows/,
    )
    expect(() => setAside(numbered(9), { holdout: 0.5, validation: 0.5 }, 0)).toThrow(
      /^holdout is 0\.5.*leaves at least 2/,
    )
  })
})

describe('a training', () => {
  const rowsIn = async (request: TrainRequest) => {
    const store = memoryStore()
    const { config } = await train({ ...quick, ...request }, { engines, store })
    const count = async (file: RunFile) => {
      const bytes = await store.read(file)
      return bytes ? new TextDecoder().decode(bytes).trimEnd().split('\n').length - 1 : 0
    }
    const counts = [await count('train'), await count('holdout'), await count('validation')]
    return { counts, config }
  }
  const normals = (count: number) =>
    Array.from(uniforms({ seed: 9, stream: 0, step: 0, start: 0, count, dim: 1 }), (u) => ({ u, v: u * u }))

  it('of a table keeps rows aside, and its config.json says which share', async () => {
    // too few to compare with, which takes long
    const table = { dataset: normals(40), recipe: 'table', candidates: 1 } as const
    const { counts, config } = await rowsIn(table)
    expect(counts).toEqual([32, 8, 0])
    expect([config.holdout, config.validation]).toEqual([0.2, undefined])
    const shares = { holdout: 0.123, validation: 0.2 }
    const stated = await rowsIn({ ...table, ...shares })
    expect(stated.counts).toEqual([27, 5, 8])
    expect(stated.config).toMatchObject(shares)
  })

  it('by a recipe of points, or on a built-in dataset, keeps those aside that are asked for', async () => {
    expect((await rowsIn({ dataset: normals(400) })).config.training.recipe).toBe('points')
    const moons = { dataset: 'two-moons', rows: 50 } as const
    for (const request of [
      { dataset: normals(400) },
      { ...moons, recipe: 'table', candidates: 1 },
    ] as const) {
      const { counts, config } = await rowsIn(request)
      expect([counts, config.holdout]).toEqual([[0, 0, 0], undefined])
    }
    expect((await rowsIn({ dataset: normals(400), holdout: 0.1 })).counts).toEqual([360, 40, 0])
    expect((await rowsIn({ ...moons, validation: 0.2 })).counts).toEqual([40, 0, 10])
  })

  it('leaves out a column that has values in no training row, and learns no name of other rows', async () => {
    const aside = new Set([1, 2].flatMap((value) => [...placesOf(40, value)]))
    const lines = Array.from({ length: 40 }, (_, i) => ({
      size: (i * 7) % 13,
      town: aside.has(i) ? `town ${i}` : ['Aa', 'Bb', 'Cc'][i % 3]!,
      note: aside.has(i) ? 1.5 + i : null,
    }))
    const notes: string[] = []
    const onNote = (line: string) => notes.push(line)
    const { config } = await rowsIn({
      dataset: lines,
      holdout: 0.1,
      validation: 0.1,
      recipe: 'table',
      onNote,
    })
    expect(config.columns).toEqual(['size', 'town'])
    expect(notes[0]).toMatch(/^note: left out, it has no value/)
    expect(config.encoding!.columns[1]!.categories).toEqual(['Aa', 'Bb', 'Cc'])
  })

  it('is refused if a row that is kept aside breaks a rule', async () => {
    const [row] = placesOf(40, 1)
    const lines = Array.from({ length: 40 }, (_, i) => ({
      a: i % 7,
      b: (i % 7) + (i === row ? -3 : (i * i) % 5),
    }))
    await expectRejected(
      () => rowsIn({ dataset: lines, holdout: 0.1, validation: 0.1, recipe: 'table', rules: ['a <= b'] }),
      /a <= b.*1 of/,
    )
  })

  /** The places of the rows of a part: 1 judge, 2 choose. */
  function placesOf(count: number, part: number): number[] {
    const { holdout, validation } = setAside(numbered(count), { holdout: 0.1, validation: 0.1 }, 0)
    return numbersIn([undefined, holdout, validation][part])
  }
})

describe('of rows that are kept aside', () => {
  // too few for comparisons, which take long
  const count = 60
  const day = 86_400_000
  const drawn = uniforms({ seed: 3, stream: 0, step: 0, start: 0, count, dim: 6 })
  const names = ['ash', 'birch', 'cedar', 'pine', 'a tree that no other row has']
  const columnOf = (
    name: string,
    kind: TableColumn['kind'],
    cell: (u: Float64Array, i: number) => number,
  ) => ({
    name,
    kind,
    cells: Float64Array.from({ length: count }, (_, i) => cell(drawn.subarray(6 * i, 6 * i + 6), i)),
  })
  const texts = Array.from({ length: count }, (_, i) => `AB-${1000 + ((i * 37) % 9000)}`)
  const table: NamedTable = {
    name: 'trees',
    count,
    columns: [
      { ...columnOf('tree', 'category', (u) => Math.floor(4 * u[0]!)), categories: names },
      columnOf('height', 'number', (u) => u[1]! ** 2),
      columnOf('rings', 'integer', (u) => Math.floor(300 * u[2]!)),
      { ...columnOf('planted', 'date', (u) => day * Math.floor(9000 * u[3]!)), form: 'YYYY-MM-DD' },
      { ...columnOf('felled', 'date', (u) => day * (9000 + Math.floor(9000 * u[4]!))), form: 'YYYY-MM-DD' },
      { ...columnOf('tag', 'text', (_, i) => i), categories: [...texts, 'a text ... of none 77'] },
    ],
  }
  const wild: readonly number[] = [4, 1e12, -7, -1e13, 1e13, count]
  const shares = { holdout: 0.2, validation: 0.2 }
  const request = {
    ...quick,
    ...shares,
    recipe: 'table',
    rules: ['planted <= felled'],
    candidates: 2,
  } as const

  /** The files of a run on the table, of which rows at some places are wild. */
  const filesOf = async (places: readonly number[]) => {
    const columns = table.columns.map((column, d) => ({
      ...column,
      cells: column.cells.map((cell, i) => (places.includes(i) ? wild[d]! : cell)),
    }))
    const store = memoryStore()
    await train({ ...request, dataset: { count, columns } }, { engines, store })
    const text = async (file: RunFile) => new TextDecoder('latin1').decode(await store.read(file))
    const { closeness, verdicts, ...config } = JSON.parse(await text('config'))
    const learned = ['weights', 'history', 'checkpoint', 'data', 'train'] as const
    return {
      learned: [config, ...(await Promise.all(learned.map(text)))],
      aside: [await text('holdout'), await text('validation')],
    }
  }

  it.each([
    ['that judge', 'holdout', 0],
    ['that choose', 'validation', 1],
  ] as const)('%s, nothing is learned', async (_, part, k) => {
    const numbers = setAside(numbered(count), shares, 0)
    const { learned, aside } = await filesOf([])
    expect(learned[0]).toHaveProperty('candidates.trees')
    const changed = await filesOf(numbersIn(numbers[part]))
    expect(changed.learned).toEqual(learned)
    expect(changed.aside[k]).not.toBe(aside[k])
    expect(changed.aside[1 - k]).toBe(aside[1 - k])
    // and it matters which rows they are
    const others = await filesOf(numbersIn(numbers.table).slice(0, 12))
    for (const [file, content] of others.learned.entries()) expect(content).not.toEqual(learned[file])
  })
})

describe('a run with rows that choose', () => {
  const dataset = Array.from({ length: 50 }, (_, i) => ({ a: (i * 31) % 17, b: ['x', 'y', ''][i % 3]! }))
  const request = {
    ...quick,
    dataset,
    steps: 20,
    validation: 0.2,
    holdout: 0.1,
    recipe: 'table',
    candidates: 1,
  } as const
  const filesAt = (run: string) =>
    Object.entries(runFiles(at(run))).map(([file, path]) => [
      file,
      existsSync(path) && readFileSync(path, 'latin1'),
    ])

  it('goes on to the bytes of an unbroken one, and is removed with its rows', async () => {
    await trainInNode({ ...request, out: at('whole') })
    await expect(trainInNode({ ...request, out: at('broken'), ...stoppingAfter(7) })).rejects.toThrow(
      'stopped',
    )
    await trainInNode({ resume: true, out: at('broken'), onWarning() {} })
    expect(filesAt('broken')).toEqual(filesAt('whole'))
    expect(existsSync(at('whole', 'validation.csv'))).toBe(true)
    const asideAt = (run: string) =>
      ['train', 'holdout', 'validation'].filter((file) => existsSync(at(run, `${file}.csv`)))
    await trainInNode({ ...request, validation: 0, force: true, out: at('broken') })
    expect(asideAt('broken')).toEqual(['train', 'holdout'])
    await trainInNode({ ...request, validation: 0, holdout: 0, force: true, out: at('whole') })
    expect(asideAt('whole')).toEqual([])
  })

  it('goes on with its own rows of a built-in dataset', async () => {
    const moons = { ...quick, dataset: 'two-moons', rows: 60, steps: 20, validation: 0.2 } as const
    await trainInNode({ ...moons, out: at('moons') })
    await expect(trainInNode({ ...moons, out: at('half'), ...stoppingAfter(7) })).rejects.toThrow('stopped')
    await trainInNode({ resume: true, out: at('half'), onWarning() {} })
    expect(filesAt('half')).toEqual(filesAt('moons'))
  })
})

describe('the files of rows that are kept aside', () => {
  /** A table of an id, a name that all rows or nearly all have, and a number. */
  const fileOf = (rows: number) => {
    const lines = Array.from(
      { length: rows },
      (_, i) => `${i * 7 + 5},${i % 9 === 4 ? '' : `Row ${i} "x", ä`},${i % 4}`,
    )
    return lines.map((line) =>
      line.replace(/,(Row.*),(\d)$/, (_, name, x) => `,"${name.replaceAll('"', '""')}",${x}`),
    )
  }

  it.each([
    ['few', 60],
    // beyond 20,000 different ones
    ['more than are known while they are read', 20_500],
  ])('have keys and texts as in the file, %s, and no other file has one', async (_, rows) => {
    const lines = fileOf(rows)
    const dataset = at(`texts-${rows}.csv`)
    writeFileSync(dataset, `id,name,x\n${lines.join('\n')}\n`)
    const out = at(`texts-${rows}`)
    await trainInNode({ ...quick, dataset, out })
    const files = runFiles(out)
    const linesIn = (file: string) =>
      existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(1) : []
    const parts = [files.train, files.holdout, files.validation].map(linesIn)
    expect(parts.flat().toSorted()).toEqual(lines.toSorted())
    expect(parts[1]!.length).toBeGreaterThan(0)
    expect(readFileSync(files.config, 'utf8')).not.toContain('Row 1 ')
  })
})
