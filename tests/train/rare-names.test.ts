import { describe, expect, it } from 'vitest'
import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { memoryStore } from '../../src/model/run-store.ts'
import { loadNodeFaker } from '../../src/node/faker.ts'
import { readModel } from '../../src/onnx/read.ts'
import { reportPage } from '../../src/report/page/page.ts'
import { report } from '../../src/report/report.ts'
import { reportText } from '../../src/report/terminal.ts'
import { provideFaker } from '../../src/table/generated/faker.ts'
import { tableOfRows } from '../../src/table/inference/rows.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { describeRareNames } from '../../src/train/rare-names.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'
import { expectRejected } from '../helpers/refusals.ts'

const person = (i: number) => ({
  email: `person${i}@example.org`,
  age: 20 + ((i * 7) % 11),
  city: `city ${i % 5}`,
})
const people = Array.from({ length: 80 }, (_, i) => person(i))
const quick = {
  recipe: 'table',
  holdout: 0,
  steps: 1,
  hidden: [8, 8],
  candidates: 1,
  onNote: () => {},
} as const

async function trained(request: TrainRequest) {
  const warnings: string[] = []
  const onWarning = (line: string) => warnings.push(line)
  return {
    ...(await train({ ...quick, onWarning, ...request }, { engines, store: memoryStore() })),
    warnings,
  }
}

const asCategory = { dataset: people, types: { email: 'category' } } as const
const ofEmail = 'of 80 values of email, 80 occur in one training row only'

describe('a category of which most values occur in one training row', () => {
  it('is refused if the caller made it one, in a line with the column, the counts and the ways out', async () => {
    await expectRejected(
      () => trained(asCategory),
      `dataset: ${ofEmail}, and what fewer than 3 rows have is not learned: leave the column out (\`drop\`), merge rare values (\`minCategory\`), or allow them (\`allowRareNames\`)`,
    )
    // two columns in one line, so that nobody finds the second after the first
    const twice = people.map((row, i) => ({ ...row, id: `u-${(i * 7919) % 1000}` }))
    await expectRejected(
      () => trained({ dataset: twice, types: { email: 'category', id: 'category' } }),
      'dataset: of 80 values of email, 80; of 80 values of id, 80 occur in one training row only, and',
    )
  })

  it('is not learned if it is a table, where the caller did not say that it is to be: without faker its format is made', async () => {
    const { config } = await trained({ dataset: tableOfRows(people, 'people', asCategory) })
    expect(config.columns).toEqual(['email', 'age', 'city'])
    expect(config.leftOut ?? []).toEqual([])
  })

  it('counts training rows alone: names of two rows are rare if one of them is held out', async () => {
    const pairs = [...people.slice(0, 40), ...people.slice(0, 40)]
    const request = { ...asCategory, dataset: pairs, seed: 1 }
    expect((await trained(request)).warnings.filter((line) => line.includes('names of email'))).toEqual([])
    await expectRejected(
      () => trained({ ...request, holdout: 0.5 }),
      /of \d+ values of email, \d+ occur in one/,
    )
  })

  it('is learned if it is allowed, and config.json and the card say so', async () => {
    const { config, weights, warnings } = await trained({ ...asCategory, allowRareNames: true })
    const rareNames = [{ column: 'email', names: 80, single: 80 }]
    expect(config.rareNames).toEqual(rareNames)
    expect(warnings.filter((line) => line.includes('names'))).toEqual([])
    const { card } = readModel(await exportNoisePredictor({ config, weights }), 'model.onnx')
    expect(card.rareNames).toEqual(rareNames)
  })

  it('is learned if rare names are merged, and no name of a single row is on the card', async () => {
    const rows = people.map((row, i) => ({ ...row, email: i < 40 ? 'shop@example.org' : row.email }))
    const { config } = await trained({ ...asCategory, dataset: rows, minCategory: 2 })
    const column = config.encoding!.columns.find(({ name }) => name === 'email')!
    expect(column.categories).toEqual(['shop@example.org', 'other'])
    expect(config.rareNames).toBeUndefined()
  })

  it('is learned with a warning, but for these names, if it was inferred: a small table of 30 rows with 20 names trains', async () => {
    const rows = people.slice(0, 30).map(({ age }, i) => ({ age, town: `town ${Math.min(i, 19)}` }))
    const { config, warnings } = await trained({ dataset: rows })
    expect(config.columns).toEqual(['age', 'town'])
    expect(config.encoding!.columns[1]!.categories).toEqual(['town 19'])
    expect(warnings).toContain(
      'of 20 values of town, 19 occur in one training row only, and what fewer than 3 rows have is not learned: leave the column out (`drop`), merge rare values (`minCategory`), or allow them (`allowRareNames`)',
    )
  })

  it('is learned, but for such names, if it was inferred and most rows have others', async () => {
    // most of the names differ, but those of most rows do not
    const rows = Array.from({ length: 200 }, (_, i) => ({ age: i % 50, plane: `N${i < 140 ? i % 3 : i}` }))
    const { config, warnings } = await trained({ dataset: rows })
    expect(config.encoding!.columns[1]!.categories).toEqual(['N0', 'N1', 'N2'])
    expect(warnings.filter((line) => line.includes('occur in one training row only'))).toHaveLength(1)
  })

  it('is made as texts of its format if it was inferred and most rows have such names', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({
      age: i % 50,
      plane: `N${100 + (i < 100 ? i % 3 : i >> 1)}`,
    }))
    const notes: string[] = []
    const { config } = await trained({ dataset: rows, onNote: (line) => void notes.push(line) })
    const plane = config.encoding!.columns.find(({ name }) => name === 'plane')!
    expect([plane.kind, plane.as, plane.categories]).toEqual(['text', 'generated', undefined])
    expect(notes).toContain(
      'plane: many rows have a name that fewer than 3 rows share, so that its texts are made for each row',
    )
    // what the caller calls a category, or merges, is learned
    const asNames = await trained({ dataset: rows, types: { plane: 'category' } })
    expect(asNames.config.encoding!.columns.find(({ name }) => name === 'plane')!.as).toBe('category')
    const merged = await trained({ dataset: rows, minCategory: 5 })
    expect(merged.config.encoding!.columns.find(({ name }) => name === 'plane')!.as).toBe('category')
  })

  it('is made as texts in a small table, where no name is shared', async () => {
    const rows = Array.from({ length: 24 }, (_, i) => ({ age: i % 9, plane: `N${100 + 7 * i}` }))
    const { config } = await trained({ dataset: rows })
    expect(config.encoding!.columns.map(({ as }) => as)).toEqual([expect.any(String), 'generated'])
    // two names are too few for texts, too
    const few = await trained({
      dataset: rows.map(({ age, plane }, i) => ({ age, plane: i < 2 ? plane : null })),
    })
    expect(few.config.encoding!.columns.map(({ name }) => name)).toEqual(['age'])
  })

  it('is no boolean and no column whose names mostly repeat', async () => {
    const rows = people.map((row, i) => ({ ...row, city: i < 4 ? `rare ${i}` : row.city, smokes: i === 0 }))
    const { warnings, config } = await trained({ dataset: rows, drop: ['email'] })
    expect(warnings.filter((line) => line.includes('names'))).toEqual([])
    expect(config.rareNames).toBeUndefined()
  })
})

describe('a column whose names single people out', () => {
  it('is made in its format if there is no faker; with it, by faker, and no cell of it is in the run', async () => {
    const notes: string[] = []
    const request = { dataset: people, onNote: (line: string) => notes.push(line) }
    await trained(request)
    expect(notes[0]).toBe('email: text in the format of the rows')
    // and of the held-out rows of a table among several too
    const among = { context: [], holdout: { ...tableOfRows(people.slice(0, 30), 'rows'), name: 'rows' } }
    const store = memoryStore()
    const { closeness } = await train({ ...quick, ...request, onWarning() {} }, { engines, store }, among)
    expect(closeness).toMatchObject({ against: 'holdout', rows: 30 })
    provideFaker(loadNodeFaker)
    notes.length = 0
    const { config } = await trained(request)
    expect(notes[0]).toBe('email: text, made by internet.exampleEmail of faker')
    for (const { email } of people) expect(JSON.stringify(config)).not.toContain(email)
  })
})

it('one value that occurs once is counted as one', () => {
  expect(describeRareNames([{ column: '_comment', names: 1, single: 1 }])).toBe(
    'of 1 value of _comment, 1 occurs in one training row only',
  )
})

describe('a report on samples with names of single rows', () => {
  const against = Array.from({ length: 80 }, (_, i) => person(100 + i))
  const types = { email: 'category' } as const
  const tableOf = (rows: readonly object[]) => tableOfRows(rows as never, 'rows', { types })
  const given = (samples: readonly object[]) => ({
    samples: tableOf(samples),
    against: tableOf(against),
    train: tableOf(people),
  })

  it('says how many they are and what they mean, in its JSON, in the terminal and on the page', async () => {
    const sources = given([...people.slice(0, 30), ...people.slice(0, 30)])
    const result = await report({ ...sources, leftOut: [{ name: 'remark', reason: 'it has no values' }] })
    expect(result.rareNames).toMatchObject([{ column: 'email', names: 80, single: 80, inSamples: 30 }])
    const said =
      'Of 80 values of email in the training rows, 80 occur in one row only, and 30 of these appear in samples: whoever reads such a value in a sample learns that its row was among the training rows'
    const left = 'These columns of the data were left out of training: remark (it has no values).'
    for (const text of [reportText(result), reportPage(result, sources, { title: 'people' })])
      for (const sentence of [said, left]) expect(text.replace(/\s+/g, ' ')).toContain(sentence)
  })

  it('says nothing if samples have no such name', async () => {
    expect((await report(given(against))).rareNames).toEqual([])
  })
})
