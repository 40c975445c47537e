import { describe, expect, it } from 'vitest'
import type { ReadDatabaseOptions } from '../../src/database/read-tables.ts'
import { parseSchema, type Schema, type TableSchema } from '../../src/database/schema.ts'
import { csv, range, read } from './csv-files.ts'

describe('bad input is refused in a line', () => {
  const customers = csv(
    'id,name',
    range(5).map((i) => [i + 1, `n${i}`]),
  )
  const table = (columns: string, more: Partial<TableSchema> = {}): TableSchema => ({
    columns: Object.fromEntries(columns.split(',').map((name) => [name, 'integer'])),
    references: [],
    ...more,
  })
  const reference = (column: string, name: string, optional = false) => ({
    columns: [column],
    table: name,
    optional,
  })
  const schema = (tables: Schema['tables']) => ({ schema: { format: 1, tables } as Schema })
  const two = schema({
    customers: { ...table('id', { key: ['id'] }), columns: { id: 'key', name: 'category' } },
    orders: table('id,customer_id', { key: ['id'], references: [reference('customer_id', 'customers')] }),
  })

  it.each([
    [
      'a reference without a row',
      { customers, orders: 'id,customer_id\n1,5\n2,9\n3,NA\n4,8\n' },
      two,
      'orders, row 2: customer_id is 9, and no row of customers has that key; so it is in 2 of 4 rows: add the missing rows',
    ],
    [
      'a missing reference that is not optional',
      { customers, orders: 'id,customer_id\n1,5\n2,NA\n' },
      two,
      'orders, row 2: customer_id is missing, and the reference to customers is not optional',
    ],
    [
      'a key that repeats',
      { customers, orders: 'id,customer_id\n1,5\n2,5\n1.0,3\n2,1\n' },
      two,
      'orders, row 3: the key id is 1, as in row 1; 2 of 4 rows repeat one',
    ],
    [
      'a key that is missing',
      { customers, orders: 'id,customer_id\n1,5\n,5\n' },
      two,
      'orders, row 2: the key id is missing, as in 1 row',
    ],
    [
      'a circle',
      { a: 'id,b_id\n1,1\n2,2\n', b: 'id,a_id\n1,1\n2,2\n' },
      schema({
        a: table('id,b_id', { key: ['id'], references: [reference('b_id', 'b')] }),
        b: table('id,a_id', { key: ['id'], references: [reference('a_id', 'a')] }),
      }),
      'the tables refer to each other in a circle, a -> b -> a',
    ],
    [
      'a schema of other tables',
      { customer: customers },
      two,
      'schema.json is of another database: shop has no table customers (did you mean customer?), but customer',
    ],
    [
      'a schema of other columns',
      { customers, orders: 'id,client_id\n1,5\n2,5\n' },
      two,
      'schema.json is of another database: orders.csv has no column customer_id, but id, client_id',
    ],
    [
      'two files of a table',
      { customers, 'customers.jsonl': '{"id":1}' },
      {},
      'shop has two files of the table customers',
    ],
    ['no table', { 'README.md': 'x' }, {}, 'shop has no file of a table'],
    ['a limit of no rows', { customers }, { maxRows: 0 }, 'maxRows is 0: give a whole number from 2'],
  ])('%s', async (_, files, options, line) => {
    const error = await (async () =>
      read(files as Record<string, string>, options as ReadDatabaseOptions))().catch(
      (reason: Error) => reason,
    )
    expect(error).toMatchObject({ name: 'InputError' })
    expect((error as Error).message).toContain(line)
    expect((error as Error).message).not.toContain('\n')
  })

  it('but a column that schema.json leaves out is dropped, and its kinds count', async () => {
    const text = JSON.stringify({
      format: 1,
      tables: { customers: { columns: { id: 'category', name: 'text' } } },
    })
    const { tables, schema } = await read(
      { customers: customers.replaceAll('\n', ',7\n').replace('name,7', 'name,extra') },
      { schema: parseSchema(text, 'schema.json') },
    )
    expect(tables.get('customers')!.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['id', 'category'],
      ['name', 'text'],
    ])
    expect(schema.tables.customers!.columns).toEqual({ id: 'category', name: 'text' })
  })
})
