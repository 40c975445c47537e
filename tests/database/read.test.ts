import { describe, expect, it } from 'vitest'
import type { Schema } from '../../src/database/schema.ts'
import { csv, range, read } from './csv-files.ts'

/** Keys and references alone. */
const relations = ({ tables }: Schema) =>
  Object.fromEntries(
    Object.entries(tables).map(([name, { key, references }]) => [
      name,
      [
        key?.join(),
        ...references.map(
          ({ columns, table, optional }) => `${columns.join()} -> ${table}${optional ? '?' : ''}`,
        ),
      ],
    ]),
  )

describe('keys and references of files', () => {
  it('are found by names and values: one or two columns, two to one table, to the same table, and missing ones', async () => {
    const files = {
      team: csv(
        'year,code,wins',
        range(30).map((i) => [2000 + (i % 10), `T${Math.floor(i / 10)}`, i % 7]),
      ),
      employees: csv(
        'employee_id,name,manager_id',
        range(40).map((i) => [i + 11, `name ${i}`, i === 0 ? '' : 11 + Math.floor(i / 3)]),
      ),
      matches: csv(
        'id,homePlayerId,away_player_id,year,code',
        range(50).map((i) => [i, 7 + (i % 20), 7 + ((i * 3) % 20), 2000 + (i % 10), `T${i % 3}`]),
      ),
      players: csv(
        'id,country',
        range(20).map((i) => [7 + i, ['be', 'de'][i % 2]]),
      ),
      'player skills': csv(
        'player,skill_code',
        range(20).flatMap((i) => ['a', 'b'].map((skill) => [7 + i, skill])),
      ),
      skills: csv(
        'code,label',
        ['a', 'b', 'c'].map((code) => [code, `skill ${code}`]),
      ),
    }
    const { schema, notices } = await read(files)
    expect(relations(schema)).toEqual({
      team: ['year,code'],
      employees: ['employee_id', 'manager_id -> employees?'],
      matches: ['id', 'year,code -> team', 'homePlayerId -> players', 'away_player_id -> players'],
      players: ['id'],
      'player skills': ['player,skill_code', 'player -> players', 'skill_code -> skills'],
      skills: ['code'],
    })
    expect(notices).toContain(
      'employees: manager_id refers to employees, as its name says and each value is a key of it; some rows have none',
    )
  })

  it('are not taken from small whole numbers that happen to be keys, whatever the table', async () => {
    const files = {
      customers: csv(
        'id,age,children',
        range(60).map((i) => [i + 1, 20 + (i % 40), (i % 4) + 1]),
      ),
      orders: csv(
        'id,customer_id,quantity,priority,week',
        range(200).map((i) => [i + 1, (i % 60) + 1, (i % 9) + 1, (i % 3) + 1, (i % 52) + 1]),
      ),
      products: csv(
        'id,price,stock',
        range(80).map((i) => [i + 1, i / 7, (i % 30) + 1]),
      ),
    }
    const { schema } = await read(files)
    expect(relations(schema)).toEqual({
      customers: ['id'],
      orders: ['id', 'customer_id -> customers'],
      products: ['id'],
    })
  })

  it('come with what else was possible, and with what nearly is one', async () => {
    const files = {
      clients: csv(
        'client_id,city',
        range(30).map((i) => [i + 1, `c${i % 5}`]),
      ),
      client: csv(
        'id,size',
        range(40).map((i) => [i + 1, i % 3]),
      ),
      bills: csv(
        'bill_no,client_id,client',
        range(90).map((i) => [i, (i % 30) + 1, i < 88 ? 1 + (i % 40) : 999 - i]),
      ),
    }
    const { schema, notices } = await read(files)
    expect(relations(schema).bills).toEqual(['bill_no', 'client_id -> clients'])
    expect(notices).toContain(
      'bills: client_id refers to clients, as its name says and each value is a key of it; it could also refer to client',
    )
    expect(notices).toContain(
      'bills: client is no reference to client, as 2 of 90 values (2 %) are no id of it',
    )
  })

  it('of codes need no name where many values are keys; few are said, and not taken', async () => {
    const code = (i: number) => String.fromCharCode(65 + (i % 26), 65 + ((i * 7) % 26), 65 + ((i * 3) % 26))
    const files = {
      airports: csv(
        'faa,altitude',
        range(26).map((i) => [code(i), i * 10]),
      ),
      flights: csv(
        'flight,origin,dest,remark',
        range(100).map((i) => [i % 40, code(i % 3), code(i), ['A', 'B', 'C'][i % 3]]),
      ),
      grades: csv(
        'grade,meaning',
        ['A', 'B', 'C', 'D'].map((grade) => [grade, `is ${grade}`]),
      ),
    }
    const { schema, notices } = await read(files)
    expect(relations(schema).flights).toEqual([undefined, 'origin -> airports', 'dest -> airports'])
    expect(notices).toContain(
      'flights: remark may refer to grades, as its few values are keys of it, and is no reference as long as schema.json does not say so',
    )
  })
})

describe('an order, and lists that keep their rows', () => {
  const files = {
    countries: csv(
      'code,name',
      ['BE', 'DE', 'NA'].map((code) => [code, `Land ${code}`]),
    ),
    patients: csv(
      'id,country',
      range(60).map((i) => [i, ['BE', 'DE', 'NA'][i % 3]]),
    ),
    visits: csv(
      'patient_id,seen,room',
      range(400).map((i) => [i % 60, `2024-0${1 + (i % 9)}-${10 + (Math.floor(i / 60) % 18)}`, i % 3]),
    ),
    persons: csv(
      'id,size',
      range(3).map((i) => [i, i * 2]),
    ),
    notes: csv(
      'person_id,x',
      range(90).map((i) => [i % 3, i / 7]),
    ),
  }

  it('are proposed where a date orders the rows of a parent, and where all rows are much used and about nobody', async () => {
    const { schema, tables, notices } = await read(files)
    expect(Object.entries(schema.tables).flatMap(([name, { order, keep }]) => [[name, order, keep]])).toEqual(
      [
        ['countries', undefined, true],
        ['patients', undefined, undefined],
        ['visits', 'seen', undefined],
        ['persons', undefined, undefined],
        ['notes', undefined, undefined],
      ],
    )
    expect(notices.filter((notice) => /keeps its|follow each other/.test(notice))).toHaveLength(2)
    const { kept, columns } = tables.get('countries')!
    // NA is a key here, and no gap
    expect([kept!.columns[0]!.categories, columns.map(({ kind }) => kind)]).toEqual([
      ['BE', 'DE', 'NA'],
      ['category', 'category'],
    ])
    expect(tables.get('patients')!.links[0]!.slice(0, 4)).toEqual(Int32Array.of(0, 1, 2, 0))
  })

  it('keep their texts as they are, though the schema says that such texts are made', async () => {
    const { schema } = await read(files)
    const countries = {
      ...schema.tables.countries!,
      columns: { code: 'text', name: 'text' },
      keep: true,
    } as const
    const told = { ...schema, tables: { ...schema.tables, countries } }
    const { tables } = await read(files, { schema: told })
    expect(tables.get('countries')!.kept!.columns.map(({ categories }) => categories)).toEqual([
      ['BE', 'DE', 'NA'],
      ['Land BE', 'Land DE', 'Land NA'],
    ])
  })
})

describe('a table that is too large', () => {
  const parents = 3000
  const files = {
    customers: csv(
      'id,boss_id',
      range(parents).map((i) => [i, i % 4 === 3 ? (i * 7) % parents : '']),
    ),
    orders: csv(
      'id,customer_id,product_code',
      range(9000).map((i) => [i, (i * 13) % parents, `p${i % 5}x`]),
    ),
    items: csv(
      'order_id,x',
      range(27_000).map((i) => [i % 9000, i]),
    ),
    products: csv(
      'code,y',
      range(5).map((i) => [`p${i}x`, i]),
    ),
  }

  it('is read in part: all children of chosen parents, none without, and a line for it', async () => {
    const { tables, notices } = await read(files, { maxRows: 6000 })
    const count = (name: string) => tables.get(name)!.count
    expect(count('items')).toBeGreaterThan(5000)
    expect(count('items')).toBeLessThan(9000)
    expect(count('items')).toBe(3 * count('orders'))
    for (const { links, count } of tables.values()) for (const rows of links) expect(rows).toHaveLength(count)
    const orders = tables.get('orders')!.links[0]!
    expect(orders.every((row) => row >= 0 && row < count('customers'))).toBe(true)
    // three orders each, but for bosses that only others name
    const perCustomer = new Map<number, number>()
    for (const row of orders) perCustomer.set(row, (perCustomer.get(row) ?? 0) + 1)
    expect(new Set(perCustomer.values())).toEqual(new Set([3]))
    expect(notices).toContainEqual(
      expect.stringMatching(
        /^items: [\d,]+ of 27,000 rows are read, those of the chosen customers; `maxRows` is 6,000$/,
      ),
    )
    // as numbers, keys show that each reference leads to its row, also to bosses whose own orders are not read
    const { schema } = await read(files)
    const customers = { ...schema.tables.customers!, columns: { id: 'integer', boss_id: 'integer' } as const }
    const again = await read(files, {
      maxRows: 6000,
      schema: { ...schema, tables: { ...schema.tables, customers } },
    })
    const itemsIn = (all: typeof tables) => all.get('items')!.columns.map(({ cells }) => cells)
    expect(itemsIn(again.tables)).toEqual(itemsIn(tables))
    const { columns, links } = again.tables.get('customers')!
    const ids = columns[0]!.cells
    const bosses = [...columns[1]!.cells].map((boss) => (Number.isNaN(boss) ? null : boss))
    expect([...links[0]!].map((row) => (row < 0 ? null : ids[row]))).toEqual(bosses)
  })
})

describe('texts that are not learned', () => {
  it('are equal cells where they are equal texts', async () => {
    const texts = range(200).map((i) => `no word is like ${(i * 37) % 150} of ${(i * 37) % 150} others`)
    const { tables } = await read({
      a: csv(
        'id,text',
        texts.map((text, i) => [i, text]),
      ),
    })
    const { columns } = tables.get('a')!
    expect(columns[1]!.kind).toBe('text')
    const cells = [...columns[1]!.cells]
    const same = (all: readonly unknown[]) => all.map((one) => all.indexOf(one))
    expect(same(cells)).toEqual(same(texts))
  })
})
