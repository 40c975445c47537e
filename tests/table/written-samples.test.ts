import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { exportModel, impute, loadModel, sample, train } from '../../src/index.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { encodedColumnSchema } from '../../src/table/encodings/index.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import { tableToCsv } from '../../src/table/formats/csv-write.ts'
import { knownOf } from '../../src/table/known.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { lines } from './cells.ts'

const two = (number: number) => String(number).padStart(2, '0')

const text = lines('when,at,seen,price,share,zip', 60, (i) =>
  [
    `${two(1 + ((7 * i) % 28))}.0${1 + (i % 9)}.2024`,
    1_709_632_800 + 3607 * ((i * 31) % 60),
    `2024-03-0${1 + (i % 9)}T10:${two(i % 60)}:00+02:00`,
    `"$${1 + (i % 3)},${100 + ((i * 37) % 800)}.${i % 9}0"`,
    `${i % 40}.${i % 10}%`,
    String((i * 7919) % 99_989).padStart(5, '0'),
  ].join(','),
)

const patterns = [
  /^\d\d\.\d\d\.\d{4}$/,
  /^\d{10}$/,
  /^2024-03-\d\dT\d\d:\d\d:\d\d\+02:00$/,
  /^\$\d,\d{3}\.\d\d$/,
  /^\d+\.\d%$/,
  /^\d{5}$/,
]

function expectForms(csv: string): void {
  const rows = csv.trim().split('\n').slice(1)
  for (const row of rows) {
    // the only comma in a cell is that of the price
    const cells = row.replace(/"(.*?),(.*?)"/, '$1;$2').split(',')
    for (const [d, cell] of cells.entries()) expect(cell.replace(';', ',')).toMatch(patterns[d]!)
  }
}

const table = readCsv(text, 'a.csv')

describe('a model of a table', () => {
  it('samples and completes rows in the forms of its file', async () => {
    expectForms(tableToCsv(table))
    const run = await train({ dataset: table, recipe: 'table', steps: 3, seed: 1, candidates: 1, threads: 1 })
    const { model: bytes } = await exportModel({ run })
    await using model = await loadModel(bytes, { provider: 'cpu' })
    const given = { when: '15.03.2024', at: '1709632800', price: '$1,234.50' }
    const { table: samples } = await sample(model, { count: 20, seed: 1, numSteps: 3, given })
    const csv = tableToCsv(samples)
    expectForms(csv)
    expect(csv.split('\n')[1]).toMatch(/^15\.03\.2024,1709632800,.*,"\$1,234\.50",/)
    // 04.03.2024 is 4 March, as in the rows of the model, although nothing in these rows shows it
    const gaps = [
      { when: '04.03.2024', at: null, seen: '2024-03-05T10:00:00Z', price: '$1,234', share: 12.5, zip: 7 },
    ]
    const full = tableToCsv(await impute(model, gaps, { numSteps: 3 }))
    expectForms(full)
    expect(full.split('\n')[1]).toMatch(
      /^04\.03\.2024,\d{10},2024-03-05T12:00:00\+02:00,"\$1,234\.00",12\.5%,00007$/,
    )
  }, 60_000)

  it('of points keeps the form of its numbers too', async () => {
    const points = readCsv(
      lines('x,y', 40, (i) => `$${i}.${two((37 * i) % 100)},${(i * 1.37).toFixed(1)}0`),
      'b.csv',
    )
    const run = await train({ dataset: points, recipe: 'points', steps: 2, seed: 1, threads: 1 })
    const { model: bytes } = await exportModel({ run })
    await using model = await loadModel(bytes, { provider: 'cpu' })
    const { table: samples } = await sample(model, { count: 5, seed: 1, numSteps: 2 })
    expect(samples.columns.map(({ numberForm }) => numberForm)).toEqual([
      { prefix: '$', decimals: 2 },
      { decimals: 2 },
    ])
    for (const row of tableToCsv(samples).trim().split('\n').slice(1))
      expect(row).toMatch(/^-?\$\d+\.\d{2,},-?\d+\.\d{2,}$/)
  }, 60_000)
})

describe('known values', () => {
  const encoding = fitTable(table)
  const cell = (name: string, value: string | number) =>
    knownOf(encoding, { [name]: value }).cells[
      encoding.columns.findIndex((column) => column.name === name)
    ]![0]

  it('are read in the form of their column, or in one that has a single reading', () => {
    expect(cell('when', '04.03.2024')).toBe(Date.UTC(2024, 2, 4))
    expect(cell('when', '2024-03-04')).toBe(Date.UTC(2024, 2, 4))
    expect(cell('when', 'March 4, 2024')).toBe(Date.UTC(2024, 2, 4))
    expect(cell('at', 1_709_632_800)).toBe(1_709_632_800_000)
    expect(cell('at', '2024-03-05T10:00:00Z')).toBe(Date.UTC(2024, 2, 5, 10))
    expect(cell('seen', '2024-03-05T10:00:00+02:00')).toBe(Date.UTC(2024, 2, 5, 8))
    expect(cell('price', '$1,234.50')).toBe(1234.5)
    expect(cell('price', '1234.5')).toBe(1234.5)
    expect(cell('price', 1234.5)).toBe(1234.5)
    expect(cell('share', '12.5%')).toBe(12.5)
    expect(cell('zip', '00037')).toBe(37)
  })

  it.each<[string, string, string]>([
    ['when', '03/15/2024', 'give a date such as DD.MM.YYYY'],
    ['when', '31.02.2024', 'give a date such as DD.MM.YYYY'],
    ['at', 'noon', 'give a date such as 1709596800'],
    ['price', '€1,234.50', 'give a number'],
    ['price', '12%', 'give a number'],
    ['share', '1,234', 'give a number'],
  ])('of %s are refused if they are %s', (name, value, remedy) => {
    expectRefused(() => cell(name, value), `column ${name} is '${value}': ${remedy}`)
  })
})

describe('a column on a card', () => {
  const column = { name: 'x', kind: 'number', as: 'steps', values: [1, 2], z: [-1, 1], borders: [0] }
  const messagesOf = (fields: object) =>
    v.safeParse(encodedColumnSchema, { ...column, ...fields }).issues?.map(({ message }) => message)

  it('may have any form of dates and of numbers', () => {
    expect(messagesOf({ kind: 'date', form: 'ddd, DD MMM YYYY hh:mm:ss [GMT]' })).toBeUndefined()
    expect(
      messagesOf({ numberForm: { prefix: '$', group: ',', decimals: 2, parentheses: true } }),
    ).toBeUndefined()
  })

  it.each([
    [{ form: 'DD/DD/YYYY' }, 'form must be a form of dates, such as YYYY-MM-DD'],
    [{ form: '' }, 'form must be a form of dates, such as YYYY-MM-DD'],
    [{ numberForm: { decimals: 99 } }, 'Invalid value: Expected <=20 but received 99'],
    [{ numberForm: { group: ',', decimal: ',' } }, 'group and decimal must differ'],
    [{ numberForm: { colour: 'red' } }, 'Invalid key: Expected never but received "colour"'],
  ])('is refused with %j', (fields, message) => {
    expect(messagesOf(fields)).toContain(message)
  })
})
