import type { Page } from './group.ts'
import type { Timing } from './race.ts'
import { type Goal, meets, type Row } from './row.ts'

type Digits = Pick<Page, 'decimals'>

/** Three digits, or a fixed number of decimals. */
export function number(value: number, { decimals }: Digits = {}): string {
  if (decimals === undefined || Math.abs(value) >= 10) return String(Number(value.toPrecision(3)))
  return value.toFixed(decimals)
}

/** The median of the rounds, with the shortest and the longest. */
function time(timing: Timing | undefined): string {
  if (!timing) return ''
  const { median, low, high } = timing
  const [factor, unit] = median < 1e-3 ? [1e6, 'us'] : median < 1 ? [1e3, 'ms'] : [1, 's']
  return `${number(median * factor)} ${unit} (${number(low * factor)} to ${number(high * factor)})`
}

function result({ value, unit = '', missing, ideal }: Row, digits: Digits): string {
  if (value === null) return `missing: ${missing}`
  const text = `${number(value, digits)} ${unit}`.trim()
  return ideal === undefined ? text : `${text} (${number(ideal, digits)})`
}

function verdict(value: number | null, bound: number | undefined, goal: Goal | undefined): string {
  if (!goal || bound === undefined) return ''
  const text = `${goal.atLeast ? 'min' : 'max'} ${number(bound)}`
  return value === null ? text : `${text}: ${meets(value, bound, goal) ? 'yes' : '**no**'}`
}

/** A line for each row, without the columns that are empty. */
function list(rows: readonly Row[], digits: Digits): string {
  const cells = rows.map((row) => ({
    what: row.what,
    commands: row.commands ? `\`${row.commands}\`` : '',
    draw: String(row.draw ?? ''),
    threads: String(row.threads ?? ''),
    ours: time(row.ours),
    against: row.against ?? '',
    theirs: time(row.theirs),
    'by seed':
      row.seeds && row.seeds.length > 1 ? row.seeds.map((each) => number(each, digits)).join(', ') : '',
    result: result(row, digits),
    target: verdict(row.value, row.goal?.reach, row.goal),
    moonshot: verdict(row.value, row.goal?.moonshot, row.goal),
  }))
  const columns = (Object.keys(cells[0]!) as (keyof (typeof cells)[0])[]).filter((key) =>
    cells.some((row) => row[key]),
  )
  return table(
    columns,
    cells.map((row) => columns.map((key) => row[key])),
  )
}

/** The rows' lines against what was measured of them. */
function grid(rows: readonly Row[], digits: Digits): string {
  const columns = [...new Set(rows.map(({ what }) => what))]
  const cell = (line: string, what: string) => rows.find((row) => row.line === line && row.what === what)
  const cells = (line: string) =>
    columns.map((what) => cell(line, what)).map((row) => (row ? result(row, digits) : ''))
  const lines = [...new Set(rows.map(({ line }) => line!))]
  return table(
    ['', ...columns],
    lines.map((line) => [line, ...cells(line)]),
  )
}

/** A group's tables: a list of the rows that stand alone or have seeds, and a grid of those that have a line. */
export function tables(rows: readonly Row[], digits: Digits): string {
  const listed = rows.filter(({ line, seeds }) => line === undefined || seeds !== undefined)
  const inGrid = rows.filter(({ line }) => line !== undefined)
  const isGrid = new Set(inGrid.map(({ line }) => line)).size > 1
  const parts = [
    ...(listed.length > 0 ? [list(listed, digits)] : []),
    ...(isGrid ? [grid(inGrid, digits)] : []),
  ]
  return parts.join('\n\n')
}

/** A Markdown table with aligned columns. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, c) => Math.max(name.length, ...rows.map((row) => row[c]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, c) => cell.padEnd(widths[c]!)).join(' | ')} |`
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
