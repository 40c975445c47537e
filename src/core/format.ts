/** The shortest decimal that reads back as the same float32. */
export function shortFloat32(x: number): number {
  const rounded = Math.fround(x)
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(rounded.toPrecision(digits))
    if (Math.fround(short) === rounded) return short
  }
  return Number(rounded.toPrecision(9))
}

/** Numbers for people, in messages and tables. Files and JSON have them unformatted. */

/** 12345 -> '12,345'; decimals are unchanged. */
export function humanCount(count: number): string {
  return String(count).replace(/(?<!\.\d*)\B(?=(\d{3})+(?!\d))/g, ',')
}

/** '1 sample', '12,345 samples'. */
export function counted(count: number, noun: string): string {
  return `${humanCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** 0.1234 -> '0.12', 12345.6 -> '12,300'; '?' if not finite. */
export function humanRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '?'
  return humanCount(Number(perSecond.toPrecision(perSecond < 9.5 ? 2 : 3)))
}

/** 0.0123 -> '12 ms', 75 -> '1 min 15 s'; '?' if not finite. */
export function humanSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?'
  if (seconds === 0) return '0 s'
  if (seconds < 0.000995) return `${Number((seconds * 1e6).toPrecision(2))} us`
  if (seconds < 0.995) return `${Number((seconds * 1000).toPrecision(2))} ms`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${humanCount(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`
}

/** 12345 -> '12.3 KB'; decimal units, as in file managers. */
export function humanBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['KB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  while (value >= 999.95 && units.length > 1) {
    value /= 1000
    units.shift()
  }
  return `${value.toFixed(1)} ${units[0]}`
}

/** Three significant digits: 0.0123, 1.2e-5, 123; '-' for NaN. */
export function significant(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return Number.isNaN(x) ? '-' : String(x)
  const size = Math.abs(x)
  return size >= 1e-3 && size < 1e4 ? String(Number(x.toPrecision(3))) : x.toExponential(1)
}

/** Two digits: 1.2e-7, 0.34, 0, 'not finite'. */
export function short(x: number | null): string {
  if (x === null) return '-'
  if (!Number.isFinite(x)) return 'not finite'
  return plain(x) ? String(Number(x.toPrecision(2))) : x.toExponential(1)
}

/** The same, rounded up, because a tolerance rounded down doesn't pass. */
export function shortAbove(x: number): string {
  if (x === 0 || Number(short(x)) >= x) return short(x)
  const step = 10 ** (Math.floor(Math.log10(x)) - 1)
  return short(Math.ceil(x / step) * step)
}

function plain(x: number): boolean {
  return x === 0 || (x >= 1e-2 && x < 1e4)
}

/** A bound as a person would write it: 0.02, 1e-5. */
export function bound(x: number): string {
  return x === 0 || x >= 1e-3 ? String(x) : x.toExponential()
}

/** A share as 4 %, 0.03 % or 250 times. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return 'not finite'
  if (share >= 10) return `${share < 1e5 ? Math.round(share) : share.toExponential(0)} times`
  const hundredths = share * 100
  return `${hundredths < 1 ? Number(hundredths.toPrecision(1)) : Math.round(hundredths)} %`
}

/** A share of so many as 97.3 %, rounded down, so that 100 % are all of them. */
export function percentBelow(count: number, of: number): string {
  const [hundredths, digits] = [(100 * count) / of, 100 * count >= 99 * of ? 100 : 10]
  return `${Math.floor(hundredths * digits) / digits} %`
}

/** A value with nine digits, which identify a float32. */
export function exact(x: number): string {
  return Number.isFinite(x) ? String(Number(x.toPrecision(9))) : String(x)
}

/** What a terminal obeys or doesn't show, as escape sequences, marks that turn text round, and letters without width. */
const unprintable = /[\p{C}\u2028\u2029]/gu

/** A text as one printable line: names and cells of a file may hold anything. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}

/** The same of each line of a text. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** A text in JSON or JavaScript, printable. */
export function printableJson(text: string): string {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(text).replace(unprintable, (character) => character.split('').map(code).join(''))
}

export interface TableLayout {
  /** Whether a column is right-aligned, like numbers. */
  readonly flushRight: (column: number) => boolean
  readonly gap?: string | undefined
}

/** Rows of cells, made printable, as lines of text, each column as wide as its widest cell. */
export function textTable(
  rows: readonly (readonly string[])[],
  { flushRight, gap = '   ' }: TableLayout,
): string[] {
  const widths: number[] = []
  const shown = rows.map((row) => row.map(printable))
  for (const row of shown)
    for (const [c, cell] of row.entries()) widths[c] = Math.max(widths[c] ?? 0, cell.length)
  return shown.map((row) =>
    widths
      .map((width, c) => {
        const cell = row[c] ?? ''
        return flushRight(c) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join(gap)
      .trimEnd(),
  )
}
