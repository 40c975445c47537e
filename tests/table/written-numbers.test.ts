import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsv } from '../../src/table/formats/csv.ts'
import { tableToCsv } from '../../src/table/formats/csv-write.ts'
import { encodeRows } from '../../src/table/formats/forms.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import { formatNumber, type NumberForm, readNumber } from '../../src/table/number-form.ts'
import { type ColumnType, definitionOf } from '../../src/table/table.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { many } from './cells.ts'

function columnOf(cells: readonly string[], type?: ColumnType, delimiter = ',') {
  const text = `x${delimiter}other\n${cells.map((cell, i) => `"${cell}"${delimiter}${i % 2}`).join('\n')}\n`
  const table = readCsv(text, 'a.csv', type ? { types: { x: type } } : {})
  const column = table.columns[0]!
  return { table, column: definitionOf(column), numbers: [...column.cells], notes: table.notes }
}

describe('a column of numbers keeps its values, and is written again as its rows are', () => {
  it.each<[cells: string[], numbers: number[], form: NumberForm]>([
    [['$1,234.50', '$12.00', '-$3.25'], [1234.5, 12, -3.25], { prefix: '$', group: ',', decimals: 2 }],
    [['€ 12', '€ 13.5'], [12, 13.5], { prefix: '€ ' }],
    [['12 €', '13 €'], [12, 13], { suffix: ' €' }],
    [['US$5', 'US$60'], [5, 60], { prefix: 'US$' }],
    [['CHF 5.00', 'CHF 6.50'], [5, 6.5], { prefix: 'CHF ', decimals: 2 }],
    [['12%', '15.5%'], [12, 15.5], { suffix: '%' }],
    [['12.345%', '15.255%'], [12.345, 15.255], { suffix: '%', decimals: 3 }],
    [['1.234,56', '12,50'], [1234.56, 12.5], { group: '.', decimal: ',', decimals: 2 }],
    [['12,5', '7'], [12.5, 7], { decimal: ',' }],
    [['(12.34)', '15.00'], [-12.34, 15], { decimals: 2, parentheses: true }],
    [['($1,200)', '$15', '$1,000,000'], [-1200, 15, 1e6], { prefix: '$', group: ',', parentheses: true }],
    [['0:12:30', '27:00:00'], [750, 97_200], { width: 1, duration: true }],
    [['00:00:01.50', '100:00:00.25'], [1.5, 360_000.25], { decimals: 2, width: 2, duration: true }],
    [['1,234', '12,345,678'], [1234, 12_345_678], { group: ',' }],
    [['1,234', '1,234.5'], [1234, 1234.5], { group: ',' }],
    [['1,234', '987'], [1234, 987], { group: ',' }],
    [['1.234', '12.345.678'], [1234, 12_345_678], { group: '.', decimal: ',' }],
    [['€ 1.234', '€ 987'], [1234, 987], { prefix: '€ ', group: '.', decimal: ',' }],
    [['1 234', '12 345 678,5'], [1234, 12_345_678.5], { group: ' ', decimal: ',' }],
    [["1'234.5", '12'], [1234.5, 12], { group: "'" }],
    [['39.90', '1.25'], [39.9, 1.25], { decimals: 2 }],
    [['39.0', '40.0'], [39, 40], { decimals: 1 }],
  ])('%j', (cells, numbers, numberForm) => {
    const { table, column, ...read } = columnOf(cells)
    expect(read.numbers).toEqual(numbers)
    expect(column.kind).toBe(numbers.every(Number.isInteger) ? 'integer' : 'number')
    expect(column.numberForm).toEqual(numberForm)
    const written = tableToCsv(table).split('\n').slice(1, -1)
    expect(written.map((line) => line.replace(/,[01]$/, '').replaceAll('"', ''))).toEqual(cells)
  })

  it('and JSON and Parquet have plain numbers', () => {
    const { table } = columnOf(['$1,234.50', '$12.00'])
    expect(encodeRows('.jsonl', table)).toBe('{"x":1234.5,"other":0}\n{"x":12,"other":1}\n')
    expect(toRows(table)).toEqual([
      { x: 1234.5, other: 0 },
      { x: 12, other: 1 },
    ])
  })

  it.each<[string, string[]]>([
    ['different decimals', ['39.9', '1.25']],
    ['decimals that never end in zero', ['39.95', '1.25']],
    ['exponents', ['39.90', '1e5']],
    ['whole numbers', ['39', '5']],
  ])('but has no form if there are %s', (_, cells) => {
    expect(columnOf(cells).column).not.toHaveProperty('numberForm')
  })

  it('is read as before where semicolons separate cells', () => {
    const { column, numbers } = columnOf(['1,50', '1.234', '1,234'], undefined, ';')
    expect([column, numbers]).toEqual([{ name: 'x', kind: 'number' }, [1.5, 1.234, 1.234]])
  })

  it.each<[string, string[]]>([
    ['several currencies', ['$5', '€6', '$7']],
    ['money and numbers without a sign', ['$5', '6', '$7']],
    ['per cent and numbers without', ['12%', '0.12']],
    ['addresses of machines', ['192.168.100.200', '192.168.100.201']],
    ['numbers that are all in parentheses', ['(1)', '(2)']],
    ['groups of other than three digits', ['12,34,567', '1,2']],
    ['codes', ['ABC 123', 'ABC 456']],
    ['telephone numbers', ['555-1234', '555-4321']],
    ['durations and times of day', ['0:12:30', '10:20']],
  ])('is one of names if there are %s', (_, cells) => {
    expect(columnOf(cells).column.kind).toBe('category')
  })
})

describe('leading zeros', () => {
  it('of a fixed width come back, also among more values than are kept as words', () => {
    for (const count of [400, 21_000]) {
      const cells = many(count, (i) => String((i * 7919) % 99_989).padStart(5, '0'))
      const { table, column, notes } = columnOf(cells)
      expect(column).toEqual({ name: 'x', kind: 'integer', numberForm: { width: 5 } })
      expect(notes[0]).toMatch(
        /numbers such as 00000 keep their leading zeros: \{ types: .* \} makes them names$/,
      )
      expect(tableToCsv(table).split('\n')[2]).toBe('07919,1')
    }
  })

  it('also stand beside longer numbers that need none', () => {
    expect(columnOf(['007', '1234', '042'], 'integer').column.numberForm).toEqual({ width: 3 })
    expect(columnOf(['007', '12', '042'], 'integer').column).not.toHaveProperty('numberForm')
  })
})

describe('a separator that may be of thousands or of decimals', () => {
  it('is asked for if every cell may be either', () => {
    expectRefused(
      () => columnOf(['1,234', '2,345']),
      "a.csv, line 2, column x: '1,234' may be 1234 or 1.234, and no cell of the column shows which: say it with { types: { x: 'number:1,234.5' } } or { types: { x: 'number:1.234,5' } }, or write numbers as 1234.5",
    )
    expectRefused(() => columnOf(['€ 1.234', '€ 2.345']), /'€ 1\.234' may be 1\.234 or 1234, and/)
    expectRefused(() => columnOf(['1,234', '2345']), /'1,234' may be 1234 or 1\.234/)
    expectRefused(() => columnOf(['1,234', '2,345'], 'integer'), /\{ x: 'integer:1,234\.5' \}/)
  })

  it('may be given', () => {
    expect(columnOf(['1,234', '2,345'], 'number:1,234.5').numbers).toEqual([1234, 2345])
    expect(columnOf(['1,234', '2,345'], 'number:1.234,5').numbers).toEqual([1.234, 2.345])
    expect(columnOf(['1.234', '2.345'], 'integer:1.234,5').numbers).toEqual([1234, 2345])
    expect(columnOf(['1,234', '2,345'], 'category').column.categories).toEqual(['1,234', '2,345'])
    expectRefused(() => columnOf(['1,234', '1.5'], 'number:1.234,5'), /line 3, column x: '1\.5' is no number/)
    expectRefused(
      () => columnOf(['1,234', '1,5'], 'integer:1.234,5'),
      /line 2, .* '1,234' is no whole number/,
    )
  })

  it('is noted if the other cells decide it', () => {
    expect(columnOf(['1,234', '987']).notes).toEqual([
      "a.csv, column x: '1,234' is read as 1234, as other cells show: { types: { x: 'number:1.234,5' } } makes it the other",
    ])
  })

  it('is not decided by one cell in hundreds', () => {
    const odd = columnOf(many(500, (i) => (i === 5 ? '12,5' : i % 4 ? `${1 + i},234` : '987')))
    expect([odd.numbers[1], odd.numbers[5]]).toEqual([2234, Number.NaN])
    const plain = columnOf(many(500, (i) => (i === 5 ? '12.345.678' : `${1 + i}.234`)))
    expect([plain.numbers[1], plain.numbers[5]]).toEqual([2.234, Number.NaN])
    expect(plain.notes[0]).toMatch(/499 of 500 cells are numbers, the rest are '12\.345\.678'/)
  })
})

describe('a few cells that are written otherwise', () => {
  it.each([300, 30_000])('are gaps among %i', (count) => {
    const { column, numbers, notes } = columnOf(many(count, (i) => (i === 5 ? '€6.50' : `$${i}.25`)))
    expect(column).toEqual({ name: 'x', kind: 'number', numberForm: { prefix: '$', decimals: 2 } })
    expect(numbers.map(Number.isNaN).indexOf(true)).toBe(5)
    expect(notes[0]).toMatch(/of [\d,]+ cells are numbers, the rest are '€6\.50', which count as missing/)
  })

  it('contradict a given kind', () => {
    expectRefused(
      () => columnOf(['$5', '€6'], 'number'),
      /line 3, column x: '€6' is no number as the others are/,
    )
    expectRefused(() => columnOf(['$5', 'x'], 'number'), /line 3, column x: 'x' is no number/)
    expectRefused(() => columnOf(['$5', '$5.5'], 'integer'), /line 3, column x: '\$5\.5' is no whole number/)
  })
})

describe('formatNumber', () => {
  it('writes what readNumber reads, to the bit', () => {
    const forms: NumberForm[] = [
      { prefix: '$', group: ',', decimals: 2 },
      { suffix: ' %', group: '.', decimal: ',' },
      { group: '\u202f', decimal: ',', parentheses: true },
      { width: 8 },
      {},
    ]
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(...forms),
        (x, form) => {
          fc.pre(Math.abs(x) < 1e40 && (x === 0 || Math.abs(x) > 1e-30))
          const text = formatNumber(x, form)
          expect(readNumber(text, form.decimal ?? '.')?.value, text).toBe(x + 0)
        },
      ),
      { seed: 5, numRuns: 1000 },
    )
  })

  it('groups digits as the locale of Switzerland, Germany and the United States does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 10 ** 12 }), (x) => {
        const inLocale = (locale: string) => new Intl.NumberFormat(locale).format(x / 100)
        expect(formatNumber(x / 100, { group: ',' })).toBe(
          new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 }).format(x / 100),
        )
        expect(formatNumber(x / 100, { group: '.', decimal: ',' })).toBe(inLocale('de-DE'))
      }),
      { seed: 5, numRuns: 200 },
    )
  })

  it('never rounds', () => {
    expect(formatNumber(39.999, { decimals: 2 })).toBe('39.999')
    expect(formatNumber(1e21, { prefix: '$' })).toBe('$1000000000000000000000')
    expect(formatNumber(1.5e-7, { prefix: '$' })).toBe('$0.00000015')
    expect(formatNumber(-0, { prefix: '$' })).toBe('$0')
    expect(formatNumber(-3723.5, { duration: true, width: 2 })).toBe('-01:02:03.5')
  })
})
