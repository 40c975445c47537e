import { type Column, type Table, tableOfPoints } from '../../src/table/table.ts'

/** Names that other languages, other databases or comments would read otherwise. */
export const nastyName = 'na"me\\ -- \r\n/* `x` */ ; €\r$1'
const words = [
  "it's",
  'back\\',
  "\\'; DROP TABLE x; --",
  'two\nlines\r\n',
  '',
  'NULL',
  '🐧 "é"',
  '/* */ %s :a ?',
]

/** A table of all kinds of columns, and what a database should give of each. */
export const columns: readonly Column[] = [
  { name: 'id', kind: 'key' },
  { name: nastyName, kind: 'category', categories: words },
  { name: 'x', kind: 'number' },
  { name: 'n', kind: 'integer' },
  { name: 'b', kind: 'boolean', categories: ['false', 'true'] },
  { name: 'y', kind: 'boolean', categories: ['no', 'yes'] },
  { name: 'o', kind: 'boolean', categories: ['0', '1'] },
  { name: 'day', kind: 'date', form: 'DD.MM.YYYY' },
  { name: 'at', kind: 'date', form: 'YYYY-MM-DDThh:mm:ss.sss+02:00' },
  { name: 'clock', kind: 'date', form: 'h:mm A' },
  { name: 'month', kind: 'date', form: 'YYYY-MM' },
  { name: 'since', kind: 'date', form: 's' },
  { name: 'select', kind: 'text' },
]

export const count = 603

const numbers = [0.1, -1e-300, 1.7976931348623157e308, 1 / 3, 123456789.123]

const cells = (i: number) => [
  i,
  i % words.length,
  numbers[i % numbers.length]!,
  (i % 2 ? -1 : 1) * i * 1e13,
  i % 2,
  i % 2,
  i % 2,
  Date.UTC(2024, 1, 1 + (i % 29)),
  Date.UTC(2024, 1, 3, 23, 30, i % 60, i),
  60_000 * i,
  Date.UTC(1999 + (i % 40), 4),
  1000 * i,
  0,
]

/** Its rows from one on: the odd ones have gaps in all columns but the key. */
export function rowsFrom(from: number, to: number): Table {
  const list = Array.from({ length: to - from }, (_, k) => from + k)
  const data = list.flatMap((i) =>
    cells(i).map((cell, d) =>
      d === columns.length - 1 ? i - from : i % 7 === 3 && d > 0 ? Number.NaN : cell,
    ),
  )
  const texts = list.map((i) => `text ${i} ${words[i % words.length]}`)
  return tableOfPoints(
    columns.map((column) => (column.kind === 'text' ? { ...column, categories: texts } : column)),
    { data: Float64Array.from(data), count: to - from, dim: columns.length },
  )
}

const two = (number: number) => String(number).padStart(2, '0')

/** What a database has of row i, dates as texts. */
export function expectedRow(i: number): unknown[] {
  const text = `text ${i} ${words[i % words.length]}`
  if (i % 7 === 3) return [i, ...Array(columns.length - 2).fill(null), text]
  const seconds = `${two(i % 60)}.${String(i % 1000).padStart(3, '0')}`
  return [
    i,
    words[i % words.length],
    numbers[i % numbers.length],
    (i % 2 ? -1 : 1) * i * 1e13,
    i % 2 === 1,
    i % 2 ? 'yes' : 'no',
    i % 2,
    `2024-02-${two(1 + (i % 29))}`,
    `2024-02-03 23:30:${seconds}`,
    `${two(Math.floor(i / 60) % 24)}:${two(i % 60)}:00`,
    `${1999 + (i % 40)}-05`,
    i,
    text,
  ]
}
