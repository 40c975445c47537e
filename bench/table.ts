import type { Timing } from './alternate.ts'
import { table } from './quality/report.ts'
import { type Row, verdict } from './rows/row.ts'

export const header = ['what', 'threads', 'ours', 'against', 'theirs', 'result', 'target', 'moonshot']

/** Rows as a Markdown table, which is readable on a terminal too. */
export function rowsTable(rows: readonly Row[]): string {
  return table(
    header,
    rows.map((row) => {
      const { what, threads, ours, against, theirs, value, unit, reach, moonshot, missing } = row
      const result = value === null ? `missing: ${missing}` : `${number(value)} ${unit}`.trim()
      const bound = (goal: number | null) =>
        goal === null ? '' : `${row.atLeast ? 'min ' : 'max '}${number(goal)}`
      return [
        what,
        threads === null ? '' : String(threads),
        ours ? time(ours) : '',
        against ?? '',
        theirs ? time(theirs) : '',
        result,
        reach === null
          ? ''
          : `${bound(reach)}${{ true: ': yes', false: ': **no**', null: '' }[String(verdict(row))]}`,
        bound(moonshot),
      ]
    }),
  )
}

/** The median, minimum and maximum of the rounds. */
function time({ median, low, high }: Timing): string {
  const [factor, unit] = median < 1e-3 ? [1e6, 'us'] : median < 1 ? [1e3, 'ms'] : [1, 's']
  const figure = (seconds: number) => number(seconds * factor)
  return `${figure(median)} ${unit} (${figure(low)} to ${figure(high)})`
}

/** Rounds to three digits. */
export function number(value: number): string {
  return String(Number(value.toPrecision(3)))
}
