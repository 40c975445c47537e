import { significant } from '../core/format.ts'
import type { Column } from '../table/table.ts'
import type { ComparedPair, Part } from './closeness.ts'
import {
  type CellValue,
  type ColumnQuality,
  type ColumnsQuality,
  cellValue,
  type PairQuality,
} from './columns.ts'

/** The worst columns and pairs, in sentences. */
export interface Worst {
  readonly columns: readonly { readonly name: string; readonly sentence: string }[]
  readonly pairs: readonly { readonly columns: readonly [string, string]; readonly sentence: string }[]
}

/** Maximum number of columns, and of pairs, to name. */
const maxNamed = 3

/** Minimum excess over the distance of two sets of real rows; pairs are many, so some differ more by chance. */
const minExcess = { columns: 0.01, pairs: 0.02 }

/** Standard deviations that chance seldom reaches. */
const deviations = 3

/**
 * A sentence for each of the columns and pairs furthest from real rows, worst first, if they are further than two sets
 * of real rows may be from each other.
 *
 * @param quality - The columns and pairs, compared.
 * @param columns - The table's columns.
 * @returns Up to three columns and three pairs.
 * @example
 * worstOf(quality, against.columns).columns[0].sentence // '`capital_gain`: 0 in 91.7 % of real rows, in 85.0 % of samples.'
 */
export function worstOf(quality: ColumnsQuality, columns: readonly Column[]): Worst {
  const { rows, pairs } = quality.compared
  const byName = new Map(columns.map((column) => [column.name, column]))
  const odd = quality.columns.filter(
    ({ furthest }) => furthest && areFar(furthest.real, furthest.samples, rows),
  )
  const oddPairs = quality.pairs
    .map((pair, p) => ({ ...pair, compared: pairs[p]! }))
    .filter(({ compared }) => isFar(compared, rows))
  return {
    columns: furthest(odd, minExcess.columns).map((column) => ({
      name: column.name,
      sentence: columnSentence(column),
    })),
    pairs: furthest(oddPairs, minExcess.pairs).map(({ columns: names, compared }) => ({
      columns: names,
      sentence: pairSentence(
        compared,
        names.map((name) => byName.get(name)!),
      ),
    })),
  }
}

/** Those that differ by more than chance, by their excess in descending order. */
function furthest<T extends ColumnQuality | PairQuality>(items: readonly T[], least: number): T[] {
  const excess = (item: T) => item.distance - item.null
  return items
    .filter((item) => item.distance > 2 * item.null && excess(item) > least)
    .sort((a, b) => excess(b) - excess(a))
    .slice(0, maxNamed)
}

/** Whether two shares of `rows` rows each differ by more than chance. */
function areFar(a: number, b: number, rows: number): boolean {
  const share = (a + b) / 2
  return Math.abs(a - b) > deviations * Math.sqrt((2 * share * (1 - share)) / rows)
}

/** The same for a pair; the standard deviation of a correlation is about (1 - r²) / sqrt(rows). */
function isFar({ correlations, meeting }: ComparedPair, rows: number): boolean {
  if (meeting) return areFar(...meeting.shares, rows)
  const [a, b] = correlations!
  return Math.abs(a - b) > deviations * Math.sqrt(((1 - a * a) ** 2 + (1 - b * b) ** 2) / rows)
}

/** Where a column's samples and real rows differ most. */
export function columnSentence({ name, furthest }: ColumnQuality): string {
  if (!furthest) return `\`${name}\`: the same in samples as in real rows.`
  const { is, value, samples, real } = furthest
  const what = value === null ? 'missing' : is === 'equal' ? shown(value) : `at most ${shown(value)}`
  return `\`${name}\`: ${what} ${inShares(real, samples)}.`
}

function pairSentence({ names, correlations, meeting }: ComparedPair, columns: readonly Column[]): string {
  const [a, b] = names
  if (correlations) {
    const [real, samples] = correlations
    return `\`${a}\` and \`${b}\`: a correlation of ${real.toFixed(2)} in real rows, of ${samples.toFixed(2)} in samples.`
  }
  const [x, y] = meeting!.of.map((part, i) => shownPart(part, columns[i]!))
  return `\`${a}\` ${x} with \`${b}\` ${y}: ${inShares(...meeting!.shares)}.`
}

const inShares = (real: number, samples: number) =>
  `in ${shownShare(real)} of real rows, in ${shownShare(samples)} of samples`

/** 0.9172 -> '91.7 %'; only none and all are 0 and 100. */
export function shownShare(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`
  if (share < 0.0005) return 'less than 0.1 %'
  return share >= 0.9995 ? 'more than 99.9 %' : `${(100 * share).toFixed(1)} %`
}

function shown(value: CellValue): string {
  return typeof value === 'number' && !Number.isInteger(value) ? significant(value) : String(value)
}

function shownPart(part: Part, column: Column): string {
  if ('category' in part) return part.category < 0 ? 'missing' : shown(cellValue(column, part.category))
  const { from, to } = part
  const show = (cell: number) => shown(cellValue(column, cell))
  // the last whole number below
  const isWhole = column.kind === 'integer'
  if (from === Number.NEGATIVE_INFINITY) return isWhole ? `up to ${show(to - 1)}` : `below ${show(to)}`
  if (to === Number.POSITIVE_INFINITY) return `${show(from)} or more`
  if (!isWhole) return `${show(from)} to below ${show(to)}`
  return from === to - 1 ? show(from) : `${show(from)} to ${show(to - 1)}`
}
