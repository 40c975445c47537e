import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../../src/database/database.ts'
import { setAside } from '../../../src/database/learned/holdout.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import type { Schema } from '../../../src/database/schema.ts'
import { trainDatabase } from '../../../src/node/train-databases.ts'
import { folderOf } from '../../helpers/folders.ts'
import { expectRejected } from '../../helpers/refusals.ts'

const { at } = folderOf('families-aside')

const schema: Schema = {
  format: 1,
  tables: {
    places: { columns: { place: 'integer', size: 'integer' }, key: ['place'], references: [] },
    owners: {
      columns: { owner: 'integer', home: 'integer', age: 'integer' },
      key: ['owner'],
      references: [{ columns: ['home'], table: 'places', optional: true }],
    },
    shops: { columns: { shop: 'integer', floor: 'integer' }, key: ['shop'], references: [] },
    pets: {
      columns: { owner: 'integer', weight: 'integer', sold_in: 'integer' },
      references: [
        { columns: ['owner'], table: 'owners', optional: true },
        { columns: ['sold_in'], table: 'shops', optional: true },
      ],
    },
  },
}

/** Owners with places that are reference data, and pets: two of each owner, and some of none. */
const shopOf = (owners: number, pets = 2 * owners + 30) =>
  databaseOfRows(
    {
      places: Array.from({ length: 6 }, (_, i) => ({ place: i + 1, size: i % 3 })),
      owners: Array.from({ length: owners }, (_, i) => ({
        owner: i + 1,
        home: 1 + (i % 6),
        age: 20 + (i % 50),
      })),
      shops: Array.from({ length: 40 }, (_, i) => ({ shop: i + 1, floor: i % 4 })),
      pets: Array.from({ length: pets }, (_, i) => ({
        owner: i < 2 * owners ? 1 + (i >> 1) : null,
        weight: (i * 37) % 101,
        sold_in: 1 + (i % 40),
      })),
    },
    { schema: { ...schema, tables: { ...schema.tables, places: { ...schema.tables.places!, keep: true } } } },
  )

const count = (database: Database | undefined, table: string) => database?.tables.get(table)?.count

/** The numbers of a table's key, or by another column. */
const cellsOf = (database: Database | undefined, table: string, column: string) => [
  ...(database?.tables.get(table)?.columns.find(({ name }) => name === column)?.cells ?? []),
]

describe('rows of several tables that are kept aside', () => {
  it.each([
    [100, 20, 0],
    [500, 60, 0],
    [2999, 300, 0],
    [3000, 300, 300],
  ])('are of %i parents by default %i to judge and %i to choose', async (owners, holdout, validation) => {
    const parts = setAside(await shopOf(owners), {}, 0)
    expect([count(parts.holdout, 'owners'), count(parts.validation, 'owners')]).toEqual([
      holdout,
      validation > 0 ? validation : undefined,
    ])
    expect(count(parts.train, 'owners')).toBe(owners - holdout - validation)
  })

  it('are whole families, and together with the others all rows, each once', async () => {
    const database = await shopOf(3000)
    const { train, holdout, validation } = setAside(database, {}, 3)
    const parts = [train, holdout!, validation!]
    for (const part of parts) {
      const links = part.tables.get('pets')!.links[0]!
      const families = new Map<number, number>()
      for (const link of links) if (link >= 0) families.set(link, (families.get(link) ?? 0) + 1)
      // every owner of the part has both pets
      expect(families.size).toBe(count(part, 'owners'))
      expect([...new Set(families.values())]).toEqual([2])
      // and reference data is whole
      expect(count(part, 'places')).toBe(6)
    }
    for (const table of ['owners', 'pets'])
      expect(parts.reduce((sum, part) => sum + count(part, table)!, 0)).toBe(count(database, table))
    const weights = parts.flatMap((part) => cellsOf(part, 'pets', 'weight')).sort()
    expect(weights).toEqual(cellsOf(database, 'pets', 'weight').sort())
    // pets of no owner are kept aside too
    expect(holdout!.tables.get('pets')!.links[0]!.includes(-1)).toBe(true)
    expect(setAside(database, {}, 3).holdout).toEqual(holdout)
    expect(cellsOf(setAside(database, {}, 4).holdout, 'owners', 'age')).not.toEqual(
      cellsOf(holdout, 'owners', 'age'),
    )
  })

  it('are the shares that are stated, of which 0 is none', async () => {
    const database = await shopOf(100)
    const none = setAside(database, { holdout: 0, validation: 0 }, 0)
    expect([none.holdout, none.validation, count(none.train, 'owners')]).toEqual([undefined, undefined, 100])
    const some = setAside(database, { holdout: 0.3, validation: 0.1 }, 0)
    expect([some.train, some.holdout, some.validation].map((part) => count(part, 'owners'))).toEqual([
      60, 30, 10,
    ])
  })
})

describe('a training of several tables', () => {
  const quick = { steps: 2, hidden: [8], candidates: 1, engine: 'simd', onNote() {}, onWarning() {} } as const

  it('keeps families aside by default, and both parts are in the run', async () => {
    const dataset = await shopOf(100)
    const { rows, trained } = await trainDatabase({ dataset, ...quick, out: at('default') })
    expect([count(rows!.train, 'owners'), count(rows!.against, 'owners'), rows!.validation]).toEqual([
      80,
      20,
      undefined,
    ])
    expect(trained.get('owners')!.closeness).toMatchObject({ against: 'holdout', rows: 20 })
    expect(readdirSync(at('default/rows')).sort()).toEqual(['holdout', 'places.json', 'train'])
    expect(existsSync(at('default/owners/holdout.csv'))).toBe(true)
    // shops are only looked up: none of them is new to their model
    expect(existsSync(at('default/shops/holdout.csv'))).toBe(false)
    expect(trained.get('shops')!.closeness?.against).toBe('train')
    const both = { dataset: await shopOf(30, 60), ...quick, validation: 0.1, force: true, out: at('default') }
    expect(count((await trainDatabase(both)).rows!.validation, 'owners')).toBe(3)
    expect(readdirSync(at('default/rows')).sort()).toEqual(['holdout', 'places.json', 'train', 'validation'])
    expect(existsSync(at('default/owners/validation.csv'))).toBe(true)
    const none = { ...both, holdout: 0, validation: 0 }
    expect((await trainDatabase(none)).rows).toBeNull()
    expect(readdirSync(at('default/rows'))).toEqual(['places.json'])
    expect(existsSync(at('default/owners/holdout.csv'))).toBe(false)
  })

  it('learns nothing from families that are kept aside', async () => {
    // too few to compare samples with, which takes long
    const plain = await shopOf(30, 60)
    const shares = { holdout: 0.2, validation: 0.2 }
    const parts = setAside(plain, shares, 0)
    const learnedOf = async (dataset: Database) => {
      const { trained } = await trainDatabase({ dataset, ...quick, ...shares })
      return ['owners', 'pets'].map((name) => [trained.get(name)!.config, trained.get(name)!.weights])
    }
    const learned = await learnedOf(plain)
    for (const part of [parts.holdout, parts.validation])
      expect(await learnedOf(withOtherAges(plain, part!))).toEqual(learned)
    const [owners, pets] = await learnedOf(withOtherAges(plain, parts.train))
    expect(owners).not.toEqual(learned[0])
    expect(pets).not.toEqual(learned[1])
  })

  it('continues with no other shares', async () => {
    const dataset = await shopOf(30, 60)
    const stopped = new AbortController()
    const onTable = (name: string) => name === 'pets' && stopped.abort(new Error('stopped'))
    const begun = { dataset, ...quick, out: at('stopped') }
    await expect(trainDatabase({ ...begun, onTable, signal: stopped.signal })).rejects.toThrow('stopped')
    for (const other of [{ holdout: 0.3 }, { validation: 0.1 }, { holdout: 0 }])
      await expectRejected(
        () => trainDatabase({ ...begun, ...other, resume: true }),
        /was begun with other tables/,
      )
    const whole = await trainDatabase({ ...begun, resume: true })
    expect(count(whole.rows!.against, 'owners')).toBe(6)
  })
})

/** A database in which the owners of a part have another age: owners of other parts have none of their ages. */
function withOtherAges(database: Database, part: Database): Database {
  const owners = database.tables.get('owners')!
  const ages = new Set(cellsOf(part, 'owners', 'age'))
  const columns = owners.columns.map((column) =>
    column.name === 'age'
      ? { ...column, cells: column.cells.map((cell, i) => (ages.has(cell) ? 1e6 + i ** 2 : cell)) }
      : column,
  )
  return { ...database, tables: new Map([...database.tables, ['owners', { ...owners, columns }]]) }
}
