import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readModel } from '../../src/onnx/read.ts'
import { heldSentence, heldValues } from '../../src/report/held.ts'
import { report } from '../../src/report/report.ts'
import { reportText } from '../../src/report/terminal.ts'
import type { Encoding } from '../../src/table/encodings/encoding.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import {
  type EncodedColumn,
  encodedColumnSchema,
  type QuantileColumn,
} from '../../src/table/encodings/index.ts'
import { makerSchema } from '../../src/table/generated/maker.ts'
import {
  type Relation,
  relationKindOf,
  relationSchema,
  type Within,
} from '../../src/table/relations/index.ts'
import { ranks } from '../../src/table/relations/within.ts'
import { type Rule, ruleSchema } from '../../src/table/rules/index.ts'
import { rowsBetween } from '../../src/table/table.ts'
import { petTable } from '../helpers/tables.ts'

const number = { kind: 'number', as: 'quantile', decimals: 0 } as const
const quantile = { ...number, x: [1, 2, 5], z: [-1, 0, 1] }
const form = (text: string) =>
  ({ by: 'form', alternatives: [{ share: 256, parts: [{ text }] }], isUnique: false }) as const

/** A column of each kind of encoding, and of each way to make texts. */
const columns = [
  { name: 'linear', kind: 'number', as: 'linear', min: 1, max: 2 },
  { name: 'quantile', ...quantile, grain: { step: 1, from: 0, times: [0, 5], weekdays: [0, 1] } },
  { name: 'steps', kind: 'number', as: 'steps', values: [1, 4], z: [-1, 1], borders: [0] },
  { name: 'names', kind: 'category', as: 'category', categories: ['a', 'b', 'c'] },
  { name: 'numbers', kind: 'integer', as: 'category', values: [1, 2, 3, 4] },
  { name: 'constant', kind: 'number', as: 'constant', value: 7 },
  { name: 'key', kind: 'key', as: 'key', first: 101 },
  { name: 'plain key', kind: 'key', as: 'key' },
  { name: 'derived', kind: 'number', as: 'derived' },
  { name: 'code', kind: 'text', as: 'generated', maker: form('AB-') },
  {
    name: 'person',
    kind: 'text',
    as: 'generated',
    maker: { by: 'faker', method: 'person.lastName', locale: 'en', isNumbered: false, fallback: form('Mc') },
  },
  {
    name: 'title',
    kind: 'text',
    as: 'generated',
    maker: {
      by: 'words',
      words: {
        list: ['ford', 'pinto', 'torino'],
        slots: [
          { words: [0], counts: [3], others: 0, before: '^', after: ' ', shape: 'a' },
          { words: [1, 2], counts: [3, 3], others: 1, before: ' ', after: '$', shape: 'a' },
        ],
        patterns: [{ slots: [0, 1], count: 7 }],
        follows: [{ words: [1, 2], counts: [3, 3], others: 1, after: 0, slot: 1 }],
        letters: { a: 'b1', b: 'a1' },
        lengths: [4, 6],
      },
      differ: false,
    },
  },
  { name: 'time', kind: 'date', form: 'hh:mm', as: 'quantile', x: [0, 60_000], z: [-1, 1], decimals: 0 },
] as unknown as readonly EncodedColumn[]

const of = (column: string, by: readonly string[]) => ({ column, by, share: 1 })
const range = { range: [1, 9], decimals: 0 } as const
const residual = (name: string) => ({ name, ...quantile })

/** A relation of each kind. */
const relations = [
  { kind: 'look-up', ...of('derived', ['names']), from: [[0, 1]], to: [5, 6], rows: [3, 4] },
  {
    kind: 'look-up',
    ...of('linear', ['quantile']),
    part: { of: 'year', plus: 0, first: 2001 },
    to: [2001, 2002, 2003],
  },
  {
    kind: 'linear',
    ...of('quantile', ['linear', 'steps']),
    times: [1, 2],
    residual: residual('rest 1'),
    ...range,
  },
  {
    kind: 'combination',
    ...of('derived', ['names']),
    from: [0, 0, 1],
    to: [5, 6, 6],
    rows: [4, 3, 5],
    which: { name: 'which', kind: 'integer', as: 'category', values: [0, 1], isNominal: true },
  },
  { kind: 'nearest', ...of('steps', ['names']), from: [0, 0, 1], to: [5, 6, 6], rows: [4, 3, 5] },
  {
    kind: 'within',
    ...of('quantile', ['names']),
    pools: [0, 0, 1],
    codes: [ranks, ranks.map((rank) => Math.max(0, rank))],
    rank: residual('rank'),
  },
  { kind: 'piece', ...of('time', ['steps']), plus: 0 },
  { kind: 'product', ...of('quantile', ['linear', 'steps']), decimals: 0 },
  { kind: 'order', ...of('quantile', ['steps']), residual: residual('rest 2'), ...range },
  { kind: 'copy', ...of('quantile', ['steps']) },
  {
    kind: 'dated',
    ...of('steps', ['numbers']),
    parts: ['year'],
    numbers: [null],
    from: [1],
    plus: [0, 1],
    isDrawn: true,
  },
  {
    kind: 'dated',
    ...of('steps', ['numbers']),
    residual: residual('rest 3'),
    years: [2001, 2009],
    follows: true,
    ...range,
  },
] as unknown as readonly Relation[]

/** A rule of each kind. */
const rules = [
  { kind: 'order', columns: ['linear', 'steps'], strict: [false] },
  { kind: 'sum', column: 'linear', by: ['steps'], times: [2] },
  { kind: 'product', column: 'linear', by: ['steps', 'quantile'] },
  { kind: 'unique', columns: ['code'] },
  {
    kind: 'seen',
    columns: ['names', 'numbers'],
    rows: [
      [0, 1],
      [1, 2],
    ],
  },
  { kind: 'if', when: [{ column: 'linear', from: 1 }], must: [{ column: 'steps', from: 1 }] },
  { kind: 'range', column: 'linear', from: 1 },
] as const satisfies readonly Rule[]

const candidates = {
  count: 2,
  features: [
    { column: 'linear', cuts: [1, 1.5] },
    { column: 'names', bins: [1, 2, 2] },
  ],
  trees: ['0:2:1:2 4 -4'],
}

const encoding: Encoding = { columns, relations, rules, leastRows: 3 }

/** The options of a registry's schema, by the name that tells them apart. */
function kindsIn(schema: object, key: string): string[] {
  const { options, pipe } = schema as { options?: readonly object[]; pipe?: readonly object[] }
  if (!options) return kindsIn(pipe!.at(-1)!, key)
  return options.map((option) => {
    const entry = (option as { entries: Record<string, { literal?: string; pipe?: readonly object[] }> })
      .entries[key]!
    return entry.literal ?? (entry.pipe![0] as { options: readonly string[] }).options[0]!
  })
}

const sentencesOf = (part: Partial<Encoding>, more: object = {}) => {
  const held = heldValues({ encoding: { ...encoding, relations: [], rules: [], ...part }, ...more })
  const alone = heldValues({ encoding: { ...encoding, relations: [], rules: [] } }).map(
    ({ sentence }) => sentence,
  )
  return held.flatMap(({ sentence }) => (alone.includes(sentence) ? [] : [sentence]))
}

const ends = 'among them both ends of its range, each of three rows or more'

describe('what a model file holds', () => {
  it('is of each kind of encoding, and of each way to make texts', () => {
    const kinds = kindsIn(encodedColumnSchema, 'as')
    expect(new Set(columns.map(({ as }) => as))).toEqual(new Set(kinds))
    const ways = columns.flatMap((column) => (column.as === 'generated' ? [column.maker.by as string] : []))
    expect(new Set(ways)).toEqual(new Set(kindsIn(makerSchema, 'by')))
    const held = heldValues({ encoding: { columns, leastRows: 3 } })
    expect(held.map(({ column }) => column)).toEqual(columns.map(({ name }) => name))
    expect(held.map(({ sentence }) => sentence)).toEqual([
      `For linear, the model file holds 2 values, ${ends}.`,
      `For quantile, the model file holds 3 values, 2 times of day and 2 weekdays, months and days of the month, ${ends}.`,
      `For steps, the model file holds 2 values, ${ends}.`,
      'For names, the model file holds 3 names.',
      `For numbers, the model file holds 4 values, ${ends}.`,
      'For constant, the model file holds 1 value.',
      'For key, the model file holds 1 number that keys continue from.',
      'For plain key, the model file holds no value.',
      'For derived, the model file holds no value.',
      'For code, the model file holds 1 piece of texts.',
      'For person, the model file holds 1 piece of texts.',
      'For title, the model file holds 3 words of texts, 1 pattern of texts, 2 pairs of words, 2 groups of letters and 2 lengths of words.',
      `For time, the model file holds 2 values, ${ends}.`,
    ])
    expect(held[1]).toMatchObject({ values: 7, hasExtremes: true })
    expect(held[7]).toMatchObject({ values: 0, hasExtremes: false })
  })

  it('is of each kind of relation, its auxiliary column under the name of the column that it serves', () => {
    const kindOf = (relation: Relation) => relationKindOf(relation)
    const registered = (relationSchema as unknown as { pipe: readonly object[] }).pipe.at(-1) as {
      readonly options: readonly object[]
    }
    expect(new Set(relations.map((each) => kindOf(each).schema))).toEqual(new Set(registered.options))
    expect(relations.map((relation) => sentencesOf({ relations: [relation] }))).toEqual([
      [
        'For derived, the model file holds nothing but what is listed with other columns.',
        'For names and derived, the model file holds 2 combinations.',
      ],
      [`For linear, the model file holds 5 values, ${ends}.`],
      [
        `For quantile, the model file holds 8 values, 2 times of day and 2 weekdays, months and days of the month, ${ends}.`,
        'For quantile, linear and steps, the model file holds 2 factors.',
      ],
      [
        `For derived, the model file holds 2 values, ${ends}.`,
        'For names and derived, the model file holds 3 combinations.',
      ],
      ['For names and steps, the model file holds 3 combinations.'],
      [
        `For quantile, the model file holds 6 values, 2 times of day and 2 weekdays, months and days of the month, ${ends}.`,
        `For quantile and names, the model file holds 44 values, ${ends}.`,
      ],
      [],
      [],
      [
        `For quantile, the model file holds 8 values, 2 times of day and 2 weekdays, months and days of the month, ${ends}.`,
      ],
      [],
      [`For steps, the model file holds 2 values and 1 date, ${ends}.`],
      [
        `For steps, the model file holds 7 values, ${ends}.`,
        `For steps and numbers, the model file holds 2 years, ${ends}.`,
      ],
    ])
  })

  it('is of each kind of rule: combinations are of rows, and what a user states is not', () => {
    expect(new Set<string>(rules.map(({ kind }) => kind))).toEqual(new Set(kindsIn(ruleSchema, 'kind')))
    for (const rule of rules)
      expect(sentencesOf({ rules: [rule] })).toEqual(
        rule.kind === 'seen' ? ['For names and numbers, the model file holds 2 combinations.'] : [],
      )
  })

  it('is of the trees that choose among candidates, and names of single rows where they were allowed', () => {
    expect(sentencesOf({}, { candidates, rareNames: [{ column: 'names' }] })).toEqual([
      `For linear, the model file holds 2 values and 2 cuts of trees, ${ends}.`,
      'For names, the model file holds 3 names and 3 names that trees group, among them names of single rows.',
      'For linear and names, the model file holds 2 leaves of trees.',
    ])
    const features = columns.slice(0, 6).map(({ name }) => ({ column: name, cuts: [1] }))
    expect(sentencesOf({}, { candidates: { ...candidates, features } }).at(-1)).toBe(
      'For 6 columns together, the model file holds 2 leaves of trees.',
    )
  })

  it('is counted in a fitted table as it is in its encoding', () => {
    const table = petTable(400)
    const fitted = fitTable(table)
    const held = heldValues({ encoding: fitted })
    expect(held.slice(0, table.columns.length).map(({ column }) => column)).toEqual(
      table.columns.map(({ name }) => name),
    )
    const [kind, weight, legs, , , planet, , id] = held
    expect(kind!.sentence).toBe('For kind, the model file holds 4 names.')
    const within = fitted.relations!.find(({ kind }) => kind === 'within') as Within
    const different = (column: EncodedColumn) => new Set((column as QuantileColumn).x).size
    expect(weight).toMatchObject({
      values: different(fitted.columns[1]!) + different(within.rank),
      hasExtremes: true,
    })
    // the ends are means, and no row's
    const cells = table.columns[1]!.cells.filter((cell) => !Number.isNaN(cell))
    expect(JSON.stringify(fitted)).not.toContain(String(Math.max(...cells)))
    // legs follow from the kind
    expect(legs).toEqual({
      column: 'legs',
      values: 0,
      hasExtremes: false,
      sentence: 'For legs, the model file holds nothing but what is listed with other columns.',
    })
    expect(held.find(({ column }) => column === 'kind and legs')).toMatchObject({ values: 4 })
    expect(planet).toMatchObject({ values: 1, hasExtremes: false })
    expect(id).toEqual({
      column: 'id',
      values: 0,
      hasExtremes: false,
      sentence: 'For id, the model file holds no value.',
    })
  })
})

const clean = 'This file holds no value of a single row: whatever it holds is of three training rows or more.'

describe('whether a model file holds values of single rows', () => {
  const plain: Encoding = { columns, leastRows: 3 }

  it('is no for what training writes, of tables and of points', () => {
    expect(heldSentence([{ encoding: fitTable(petTable(400)) }])).toBe(clean)
    expect(
      heldSentence([{ encoding: plain }, { encoding: { columns: columns.slice(0, 1), leastRows: 3 } }]),
    ).toBe(clean)
  })

  it('names the exceptions: names that were allowed, tables that are kept, and what was stated', () => {
    const rareNames = [{ column: 'names' }, { column: 'code' }]
    expect(heldSentence([{ encoding: plain, rareNames }])).toBe(
      'This file holds no value of a single row but names of names and code, which were allowed: whatever else it holds is of three training rows or more.',
    )
    expect(heldSentence([{ encoding: plain }], ['countries', 'settings'])).toBe(
      'This file holds no value of a single row but all rows of countries and settings: whatever else it holds is of three training rows or more.',
    )
    const stated = `${clean} Rules and formats that were stated are in it as they were written.`
    expect(heldSentence([{ encoding: { ...plain, rules } }])).toBe(stated)
    const maker = { ...form('AB-'), isStated: true }
    const code = [{ name: 'code', kind: 'text', as: 'generated', maker }] as const
    expect(heldSentence([{ encoding: { columns: code, leastRows: 3 } }])).toBe(stated)
    expect(heldValues({ encoding: { columns: code, leastRows: 3 } })[0]!.values).toBe(0)
  })

  it('is maybe for a file of an earlier version, also among others, whose ends are exact', () => {
    const file = 'tests/golden/table_sampler_format_3.onnx'
    const { description } = readModel(readFileSync(file), file)
    const earlier = 'An earlier version wrote this file: values of single rows may be in it.'
    expect(heldSentence([description])).toBe(earlier)
    expect(heldSentence([{ encoding: plain }, description], ['countries'])).toBe(
      `${earlier} It also holds all rows of countries.`,
    )
    const [, ...held] = heldValues(description)
    expect(held.find(({ hasExtremes }) => hasExtremes)!.sentence).toContain(
      'among them the smallest and the largest of the rows',
    )
    expect(heldSentence([{ encoding: { ...plain, leastRows: 2 } }])).toBe(earlier)
  })

  it('is that the ends of ranges are exact, of points of built-in datasets and of earlier versions', () => {
    expect(heldSentence([{ encoding: { columns: columns.slice(0, 1) } }])).toBe(
      'This file holds the smallest and the largest value of each column, as files of built-in datasets and of earlier versions do.',
    )
  })

  it('is first in what a report says of the file, in words of 80 characters and in JSON', async () => {
    const table = petTable(150)
    const sources = {
      samples: rowsBetween(table, 0, 50),
      train: rowsBetween(table, 50, 100),
      against: rowsBetween(table, 100, 150),
    }
    const fitted = fitTable(sources.train)
    const found = await report({
      ...sources,
      encoding: fitted,
      candidates: undefined,
      rareNames: [{ column: 'kind' }],
    })
    expect(found.modelFile).toEqual(heldValues({ encoding: fitted, rareNames: [{ column: 'kind' }] }))
    expect(found.modelFileSentence).toContain('but names of kind')
    const text = reportText(found).replaceAll('\n  ', ' ')
    const values = found.modelFile!.reduce((sum, each) => sum + each.values, 0)
    expect(text).toContain(`model file:\n- ${found.modelFileSentence}\n- It holds ${values} values`)
    const without = await report(sources)
    expect([without.modelFile, without.modelFileSentence]).toEqual([null, null])
    expect(reportText(without)).not.toContain('model file')
  })
})
