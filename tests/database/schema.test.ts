import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { laterReferences, tablesInOrder } from '../../src/database/database.ts'
import { parseSchema, type Schema, schemaToJson, type TableSchema } from '../../src/database/schema.ts'
import { columnTypes } from '../../src/table/table.ts'
import { shopSchema } from './shop.ts'

/** A table with a key, which refers to others by columns named after them. */
function table(
  key: string,
  ...references: readonly (readonly [table: string, optional?: boolean])[]
): TableSchema {
  const columns = Object.fromEntries(
    [key, ...references.map(([name]) => `${name}_id`)].map((name) => [name, 'integer' as const]),
  )
  return {
    columns,
    key: [key],
    references: references.map(([name, optional = false]) => ({
      columns: [`${name}_id`],
      table: name,
      optional,
    })),
  }
}

const schemaOf = (tables: Schema['tables']): Schema => ({ format: 1, tables })

test('parents precede their children, whatever the order of the schema', () => {
  const schema = schemaOf({
    items: table('id', ['orders'], ['products']),
    orders: table('id', ['customers']),
    customers: table('id'),
    products: table('id'),
  })
  const order = tablesInOrder(schema)
  for (const [name, { references }] of Object.entries(schema.tables))
    for (const reference of references)
      expect(order.indexOf(reference.table)).toBeLessThan(order.indexOf(name))
})

test('an optional reference may close a circle, and leads to a later table', () => {
  const schema = schemaOf({
    departments: table('id', ['employees', true]),
    employees: table('id', ['departments'], ['employees', true]),
  })
  const order = tablesInOrder(schema)
  expect(order).toEqual(['departments', 'employees'])
  expect(laterReferences(schema, order, 'departments').map((each) => each.table)).toEqual(['employees'])
  expect(laterReferences(schema, order, 'employees').map((each) => each.table)).toEqual(['employees'])
})

test('a circle of obligatory references is refused with its tables, and so is a table of which each row needs another', () => {
  const circle = schemaOf({
    a: table('id', ['b']),
    b: table('id', ['c']),
    c: table('id', ['a']),
    d: table('id', ['a']),
  })
  expect(() => tablesInOrder(circle)).toThrow(
    'in a circle, a -> b -> c -> a, and no row may lack a reference',
  )
  expect(() => tablesInOrder(schemaOf({ a: table('id', ['a']) }))).toThrow('in a circle, a -> a')
})

test('schema.json reads back as it was written', () => {
  const schema = schemaOf({
    customers: { ...table('id'), keep: true },
    orders: { ...table('id', ['customers']), order: 'id', rules: ['id > 0'] },
  })
  expect(parseSchema(schemaToJson(schema), 'schema.json')).toEqual(schema)
})

test.each([
  ['not json', 'schema.json is no JSON'],
  ['{"format":2,"tables":{}}', 'schema.json: format: this version reads format 1'],
  [
    '{"format":1,"tables":{"a":{"columns":{"x":"nonsense"}}}}',
    'schema.json: tables.a.columns.x: give one of number',
  ],
  [
    '{"format":1,"tables":{"a":{"columns":{"x":"key"},"key":["y"]}}}',
    'schema.json, table a: it has no column y',
  ],
  [
    '{"format":1,"tables":{"a":{"columns":{"x":"key"},"order":"y"}}}',
    'schema.json, table a: it has no column y',
  ],
  [
    '{"format":1,"tables":{"a":{"columns":{"x":"key"},"references":[{"columns":["x"],"table":"b"}]}}}',
    'schema.json, table a: x refers to b, and there is no such table',
  ],
  [
    '{"format":1,"tables":{"a":{"columns":{"x":"key"},"references":[{"columns":["x"],"table":"a"}]}}}',
    'schema.json, table a: x refers to a, which has no key',
  ],
  [
    '{"format":1,"tables":{"a":{"columns":{"x":"key","y":"key"},"key":["x","y"],"references":[{"columns":["x"],"table":"a"}]}}}',
    'schema.json, table a: x refers to a, whose key is x, y',
  ],
])('schema.json is refused in a line: %s', (json, line) => {
  expect(() => parseSchema(json, 'schema.json')).toThrow(line)
})

test('the JSON Schema in the package takes what is read, and refuses what is not', () => {
  const path = new URL('../../schemas/database.json', import.meta.url)
  const validate = new Ajv2020().compile(JSON.parse(readFileSync(path, 'utf8')))
  const of = (table: object) => ({ format: 1, tables: { a: { columns: { x: 'key' }, ...table } } })
  const isRead = (value: object) => {
    try {
      parseSchema(JSON.stringify(value), 'schema.json')
      return true
    } catch {
      return false
    }
  }
  const cases: [value: object, isTaken: boolean][] = [
    [shopSchema, true],
    [{ $schema: 'x', ...of({}) }, true],
    ...columnTypes.map((kind): [object, boolean] => [of({ columns: { x: kind } }), true]),
    [of({ columns: { x: '/AB-\\d{4}/', y: 'person.lastName:de' } }), true],
    [
      of({
        key: ['x'],
        references: [{ columns: ['x'], table: 'a' }],
        order: 'x',
        keep: false,
        rules: ['x > 0'],
      }),
      true,
    ],
    [of({ columns: { x: 'nonsense' } }), false],
    [of({ key: [] }), false],
    [of({ keys: ['x'] }), false],
    [of({ references: [{ columns: ['x'] }] }), false],
    [{ format: 2, tables: {} }, false],
  ]
  for (const [value, isTaken] of cases)
    expect([value, validate(value), isRead(value)]).toEqual([value, isTaken, isTaken])
})

test('the schema.json of the docs is one', () => {
  const page = readFileSync(new URL('../../docs/how-to/databases.md', import.meta.url), 'utf8')
  const [, json] = /```json file=\w+\.json\n(.*?)```/s.exec(page)!
  expect(Object.keys(parseSchema(json!, 'docs').tables)).toEqual(['customers', 'orders'])
})
