import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { impute } from '../../src/infer/impute.ts'
import type { Model } from '../../src/infer/model.ts'
import { openModel } from '../../src/infer/open-model.ts'
import { sample, sampleStream } from '../../src/infer/sample.ts'
import { memoryStore } from '../../src/model/run-store.ts'
import { loadNodeFaker } from '../../src/node/faker.ts'
import { loadModel, nodeProviders } from '../../src/node/providers.ts'
import { encodeSamples } from '../../src/table/formats/files.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { provideFaker } from '../../src/table/generated/faker.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import { kindsOf, namesOf, type Table } from '../../src/table/table.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'
import { folderOf } from '../helpers/folders.ts'
import { expectRefused, expectRejected } from '../helpers/refusals.ts'
import { chance, digits, lower, padded, upper } from '../table/generated/texts.ts'

const { written } = folderOf('generated')
const quiet = { onWarning: () => {} }

type Row = Readonly<Record<string, string | number | null>>

const draw = chance(40)
const letters = (count: number) => draw.of(upper, 1) + draw.of(lower, count - 1)
const count = 300
const rows: Row[] = Array.from({ length: count }, (_, i) => {
  const [first, last] = [letters(6), letters(7)]
  return {
    customer_id: 7000 + ((i * 77) % count),
    code: `AB-${padded(i + 1, 5)}`,
    city: ['Ghent', 'Leeds', 'Malmo'][draw.below(3)]!,
    plate: `${draw.of(upper, 2)}-${draw.of(digits, 3)}-${draw.of(upper, 2)}`,
    first_name: first,
    last_name: last,
    age: 18 + draw.below(60) + draw.below(100) / 100,
    email: `${first}.${last}@mail.org`.toLowerCase(),
    note: draw.below(3) === 0 ? null : `${letters(5)} ${draw.of(lower, 7)} ${draw.of(lower, 6)}.`,
  }
})
const generated = ['code', 'plate', 'first_name', 'last_name', 'email', 'note']

async function trainedOn(dataset: readonly Row[], options: object = {}) {
  const store = memoryStore()
  const request = {
    recipe: 'table',
    hidden: [16, 16, 16],
    steps: 20,
    seed: 1,
    candidates: 2,
    ...quiet,
  } as const
  const trained = await train({ ...request, dataset, ...options }, { engines, store })
  const bytes = await exportNoisePredictor(trained)
  return { bytes, store, trained, model: await loadModel(bytes, { provider: 'simd', threads: 1 }) }
}

const without = (...names: string[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))) as Row)

const columnOf = (table: Table, name: string) => toRows(table).map((row) => (row as Row)[name])

beforeAll(() => provideFaker(loadNodeFaker))

describe('a model with generated columns', () => {
  let [model, bytes, store]: [Model, Uint8Array, ReturnType<typeof memoryStore>] = [] as never
  let table: Table
  beforeAll(async () => {
    ;({ model, bytes, store } = await trainedOn(rows, { steps: 250 }))
    table = (await sample(model, { count: 400, seed: 5, ...quiet })).table
  })
  afterAll(() => model?.dispose())

  it('has its columns in order, each of its kind and unlike the rows', () => {
    expect(namesOf(table)).toEqual(Object.keys(rows[0]!))
    expect(columnOf(table, 'customer_id').slice(0, 2)).toEqual([7300, 7301])
    expect(columnOf(table, 'code').slice(0, 2)).toEqual(['AB-00301', 'AB-00302'])
    for (const plate of columnOf(table, 'plate')) expect(plate).toMatch(/^[A-Z]{2}-\d{3}-[A-Z]{2}$/)
    for (const name of generated) {
      const known = new Set(rows.map((row) => row[name]).filter((text) => text !== null))
      expect(columnOf(table, name).filter((text) => known.has(text!))).toEqual([])
    }
    for (const name of ['code', 'plate', 'email']) expect(new Set(columnOf(table, name)).size).toBe(400)
  })

  it('has gaps about as often as the rows, and e-mail addresses of the names next to them', () => {
    const gaps = columnOf(table, 'note').filter((text) => text === null).length
    expect(gaps).toBeGreaterThan(20)
    expect(gaps).toBeLessThan(380)
    const plain = (text: unknown) =>
      String(text)
        .toLowerCase()
        .replaceAll(/[^a-z]/g, '')
    for (const row of toRows(table) as Row[]) {
      const account = plain(String(row.email).split('@')[0])
      expect(account.includes(plain(row.first_name)) || account.includes(plain(row.last_name))).toBe(true)
    }
  })

  it('has row i whatever the chunk, the part and the rows before', async () => {
    const all = toRows(table)
    const again = async (options: object) =>
      toRows((await sample(model, { count: 400, seed: 5, ...quiet, ...options })).table)
    expect(await again({ chunkSize: 37 })).toEqual(all)
    expect(await again({ from: 150, count: 20 })).toEqual(all.slice(150, 170))
    const streamed: object[] = []
    for await (const chunk of sampleStream(model, { count: 400, seed: 5, chunkSize: 90, ...quiet }))
      streamed.push(...toRows(chunk.table))
    expect(streamed).toEqual(all)
    expect(await again({ seed: 6, count: 5 })).not.toEqual(all.slice(0, 5))
  })

  it('has no cell of the rows in its file, nor in config.json', async () => {
    const texts = [bytes, (await store.read('config'))!].map((each) => Buffer.from(each).toString('latin1'))
    const cells = rows.flatMap((row) => generated.map((name) => row[name]))
    const found = cells.filter(
      (cell) => typeof cell === 'string' && cell.length >= 5 && texts.some((text) => text.includes(cell)),
    )
    expect(found).toEqual([])
    // the search finds names that are learned
    expect(texts.every((text) => text.includes('Ghent'))).toBe(true)
  })

  it('makes the same texts when other columns are left out or in another order', async () => {
    const fewer = without('note', 'plate', 'city').map(
      (row) => Object.fromEntries(Object.entries(row).reverse()) as Row,
    )
    const other = await trainedOn(fewer)
    const drawn = (await sample(other.model, { count: 400, seed: 5, ...quiet })).table
    const made = namesOf(drawn).filter((name) => generated.includes(name))
    expect(made.length).toBe(4)
    for (const name of made) expect(columnOf(drawn, name)).toEqual(columnOf(table, name))
    await other.model.dispose()
  })

  it('keeps the texts of rows to complete, and makes the missing ones', async () => {
    const given = rows.slice(0, 6).map((row, i) => ({ ...row, ...(i % 2 ? { plate: null, age: null } : {}) }))
    const full = toRows(await impute(model, given, { seed: 2, ...quiet })) as Row[]
    for (const [i, row] of full.entries()) {
      expect(row).toMatchObject(
        i % 2
          ? { code: rows[i]!.code, email: rows[i]!.email }
          : { ...rows[i], customer_id: String(rows[i]!.customer_id), note: row.note },
      )
      expect(row.plate).toMatch(/^[A-Z]{2}-\d{3}-[A-Z]{2}$/)
      expect(row.plate === rows[i]!.plate).toBe(i % 2 === 0)
    }
    const versions = toRows(await impute(model, given, { seed: 2, draws: 2, ...quiet }))
    expect(versions.length).toBe(12)
  })

  it('makes no text and no key that another row to complete has, and accounts of the names in their row', async () => {
    const filled = async (given: readonly Row[]) =>
      toRows(await impute(model, given, { seed: 2, ...quiet })) as Row[]
    const missing = { ...rows[1]!, customer_id: null, code: null, plate: null, email: null }
    const made = (await filled([rows[0]!, missing]))[1]!
    const { customer_id, code, plate } = made
    const taken = { ...rows[0]!, customer_id: Number(customer_id), code: code!, plate: plate! }
    const [first, second] = await filled([taken, missing])
    expect(first).toMatchObject({ code, plate })
    for (const name of ['customer_id', 'code', 'plate'] as const) {
      expect(made[name]).not.toBe(rows[0]![name])
      expect(second![name]).not.toBeNull()
      expect(second![name]).not.toBe(made[name])
    }
    expect(String(second!.email).toLowerCase()).toMatch(
      new RegExp(`${rows[1]!.first_name}|${rows[1]!.last_name}`.toLowerCase()),
    )
  })

  it.each(['.csv', '.json', '.jsonl', '.parquet'])(
    'is read again as it was written in %s',
    async (ending) => {
      const content = encodeSamples(`a${ending}`, table) as string
      const types = Object.fromEntries(
        Object.entries(kindsOf(table)).map(([name, kind]) => [name, kind === 'text' ? 'category' : kind]),
      )
      const read = await readTable(undefined, written(`samples${ending}`, content), { choice: { types } })
      const texts = (of: Table) => toRows(of).map((row) => generated.map((name) => (row as Row)[name]))
      expect(texts(read)).toEqual(texts(table))
    },
  )
})

describe('training with stated texts', () => {
  it('makes columns by a regular expression and by a method of faker', async () => {
    const types = {
      plate: String.raw`/[A-Z]{3}\d{4}-(NL|BE)/`,
      last_name: 'person.lastName:de',
      note: 'lorem.slug',
    }
    const { model } = await trainedOn(rows, { types })
    const { table } = await sample(model, { count: 50, seed: 1, ...quiet })
    for (const plate of columnOf(table, 'plate')) expect(plate).toMatch(/^[A-Z]{3}\d{4}-(NL|BE)$/)
    for (const note of columnOf(table, 'note')) if (note !== null) expect(note).toMatch(/^[a-z]+(-[a-z]+)+$/)
    await model.dispose()
  })

  it.each([[{ note: 'lorem.words:xx' }, /faker has no language xx/]])(
    'refuses %j in a line',
    async (types, message) => {
      await expectRejected(() => trainedOn(rows, { types }), message)
    },
  )

  it('warns of a form with room for fewer texts than there are rows, and refuses one with none', async () => {
    const warnings: string[] = []
    const onWarning = (line: string) => warnings.push(line)
    const { model } = await trainedOn(rows, { types: { plate: String.raw`/K-\d{2}/` }, onWarning })
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^column plate: its format has room for \d\d texts that all differ and are not in the rows, and there are 300 rows: /,
      ),
    )
    await model.dispose()
    const plates = rows.map((row, i) => ({ ...row, plate: `K-${padded(i % 10, 1)}` }))
    await expectRejected(
      () => trainedOn(plates, { types: { plate: String.raw`/K-\d/` } }),
      /column plate: nearly all texts of its format are in the rows/,
    )
  })

  it('refuses more rows than a stated form has room for before any is drawn, and says how many it has room for', async () => {
    const { model } = await trainedOn(rows, { types: { plate: String.raw`/K-\d{4}/` } })
    const { table } = await sample(model, { count: 1000, seed: 1, ...quiet })
    expect(new Set(columnOf(table, 'plate')).size).toBe(1000)
    const refusal =
      /^column plate: its format has room for ([12],\d{3}) texts that all differ .*: draw at most \1 rows, or train with a longer format in `types`, such as plate=\/\[A-Z\]\{8\}\/ \(on the command line --types\)$/
    let largest = 0
    expectRefused(() => {
      try {
        // the stream is not read
        sampleStream(model, { count: 9000, seed: 1, ...quiet })
      } catch (error) {
        largest = Number(/at most ([\d,]+)/.exec(String(error))![1]!.replace(',', ''))
        throw error
      }
    }, refusal)
    await expectRejected(() => sample(model, { count: 1, from: largest, ...quiet }), refusal)
    const last = await sample(model, { count: 1, from: largest - 1, seed: 3, ...quiet })
    expect(columnOf(last.table, 'plate')[0]).toMatch(/^K-\d{4}$/)
    const lacking = rows.map(({ plate: _, ...row }) => row)
    const many = Array.from({ length: largest + 1 }, (_, i) => lacking[i % lacking.length]!)
    await expectRejected(() => impute(model, many, quiet), refusal)
    // versions of a row share its index
    const draws = Math.ceil(largest / 300) + 1
    const filled = await impute(
      model,
      rows.map((row) => ({ ...row, plate: null })),
      { draws, numSteps: 2, ...quiet },
    )
    expect(filled.count).toBe(300 * draws)
    await model.dispose()
  })
})

describe('a model with a rule that columns are unique together', () => {
  it('refuses more rows than there are combinations before any is drawn', async () => {
    const dataset = ['a', 'b', 'c'].flatMap((team) => ['x', 'y', 'z', 'w'].map((year) => ({ team, year })))
    const { model } = await trainedOn(dataset, { rules: ['unique(team, year)'], holdout: 0 })
    const { table } = await sample(model, { count: 12, ...quiet })
    expect(new Set(toRows(table).map((row) => JSON.stringify(row))).size).toBe(12)
    expectRefused(
      // the stream is not read
      () => sampleStream(model, { count: 40, ...quiet }),
      'rule unique(team, year): there are 12 combinations, and row 40 needs another: draw fewer rows',
    )
    await model.dispose()
  })
})

describe('a model that faker makes names for', () => {
  const people = Array.from({ length: 60 }, (_, i) => ({
    first_name: rows[i]!.first_name!,
    mail: rows[i]!.email!,
    note: rows[i]!.note!,
    city: rows[i]!.city!,
  }))
  const known = new Set(people.flatMap(({ first_name, mail, note }) => [first_name, mail, note]))
  let trained: Awaited<ReturnType<typeof trainedOn>>
  beforeAll(async () => {
    trained = await trainedOn(people, { types: { note: 'text' } })
  })
  afterAll(async () => {
    provideFaker(loadNodeFaker)
    await trained.model.dispose()
  })
  const providers = nodeProviders.filter(({ name }) => name === 'simd') as never
  const open = (bytes: Uint8Array, withoutFaker?: boolean) =>
    openModel(bytes, 'people.onnx', providers, { threads: 1, withoutFaker })
  const withNoFaker = () =>
    provideFaker(async () => {
      throw new Error('missing')
    })
  const drawn = async (model: Model) =>
    toRows((await sample(model, { count: 600, seed: 4, ...quiet })).table) as Row[]

  it('does not load where faker is missing, and names both ways out', async () => {
    withNoFaker()
    await expectRejected(
      () => open(trained.bytes),
      /^column first_name is made by @faker-js\/faker \d+\.\d+\.\d+, which is not installed: npm install @faker-js\/faker@\d+\.\d+\.\d+, or use `withoutFaker` for texts in the format of the rows$/,
    )
  })

  it('has the format of the rows without faker: the same texts whether it is installed or not', async () => {
    withNoFaker()
    const lacking = await open(trained.bytes, true)
    const texts = await drawn(lacking)
    provideFaker(loadNodeFaker)
    const having = await open(trained.bytes, true)
    expect(await drawn(having)).toEqual(texts)
    for (const { first_name, mail, note } of texts) {
      expect(first_name).toMatch(/^[A-Z][a-z]{5}$/)
      expect(mail).toMatch(/^[a-z]{4,8}\d{2,}@example\.com$/)
      if (note !== null) expect(note).toMatch(/^[A-Z][a-z]+( [a-z]+)*\.$/)
    }
    expect(
      texts
        .flatMap(({ first_name, mail, note }) => [first_name, mail, note])
        .filter((text) => text !== null && known.has(text!)),
    ).toEqual([])
    expect(new Set(texts.map(({ mail }) => mail)).size).toBe(600)
    // what is learned is the same
    expect(texts.map(({ city }) => city)).toEqual((await drawn(trained.model)).map(({ city }) => city))
    const [filled] = toRows(await impute(lacking, [{ ...people[0]!, first_name: null }], quiet)) as Row[]
    expect(filled!.first_name).toMatch(/^[A-Z][a-z]{5}$/)
    await lacking.dispose()
    await having.dispose()
  })

  it('of an earlier version leaves out what has no format in its file, and says so', async () => {
    withNoFaker()
    const { config } = trained.trained
    const columns = config.encoding!.columns.map((column) => {
      if (column.as !== 'generated' || column.maker.by !== 'faker') return column
      const { fallback: _, ...maker } = column.maker
      return { ...column, maker }
    })
    const bytes = await exportNoisePredictor({
      ...trained.trained,
      config: { ...config, encoding: { ...config.encoding!, columns } },
    })
    const model = await open(bytes, true)
    const warnings: string[] = []
    const { table } = await sample(model, {
      count: 40,
      seed: 4,
      onWarning: (line) => warnings.push(line),
    })
    expect(namesOf(table)).toEqual(['note', 'city'])
    expect(table.columns.map(({ cells }) => cells.length)).toEqual([40, 40])
    expect(toRows(table).length).toBe(40)
    expect(warnings).toEqual(
      ['first_name', 'mail'].map((name) =>
        expect.stringMatching(
          new RegExp(
            `^column ${name} is left out: faker makes it, and this model of an earlier version holds no format for it: npm install @faker-js/faker, or train again$`,
          ),
        ),
      ),
    )
    const [filled] = toRows(await impute(model, [{ ...people[0]!, city: null, mail: null }], quiet)) as Row[]
    expect(filled).toMatchObject({ first_name: people[0]!.first_name, mail: null })
    await model.dispose()
    provideFaker(loadNodeFaker)
    const whole = await loadModel(bytes, { provider: 'simd', threads: 1 })
    expect(await drawn(whole)).toEqual(await drawn(trained.model))
    await whole.dispose()
  })
})
