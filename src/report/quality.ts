import { significant } from '../core/format.ts'
import type { ComparedPair, Part } from '../measure/closeness.ts'
import {
  type CellValue,
  type ColumnQuality,
  type ColumnsQuality,
  cellValue,
  type PairQuality,
  type QualityMeasures,
  type qualityOf,
} from '../measure/quality.ts'
import type { GivenValue } from '../measure/question.ts'
import type { UtilityMetric } from '../measure/utility.ts'
import type { Column } from '../table/table.ts'

/** The worst columns and pairs, in sentences. */
export interface Worst {
  readonly columns: readonly { readonly name: string; readonly sentence: string }[]
  readonly pairs: readonly { readonly columns: readonly [string, string]; readonly sentence: string }[]
}

/** Quality of samples, each number next to that of real rows. Plain JSON: all numbers are finite. */
export interface Measures extends Omit<QualityMeasures, 'compared'> {
  readonly worst: Worst
}

export interface Quality extends Measures {
  /** The number of rows with the given value, and their measures; null if too few samples have it. */
  readonly given: (GivenValue & Pick<Measures, 'rows'> & { readonly quality: Measures | null }) | null
}

/** What the measures of quality mean, in sentences; `columns` are the tables'. */
export function sayQuality(
  { given, ...all }: Awaited<ReturnType<typeof qualityOf>>,
  columns: readonly Column[],
): Quality {
  const say = (measured: QualityMeasures): Measures => {
    const { compared: _, ...measures } = measured
    return { ...measures, worst: worstOf(measured, columns) }
  }
  return { ...say(all), given: given && { ...given, quality: given.quality && say(given.quality) } }
}

const maxNamed = 3

/** Minimum excess over the distance of two sets of real rows; pairs are many, so some differ more by chance. */
const minExcess = { columns: 0.01, pairs: 0.02 }

/** Standard deviations that chance seldom reaches. */
const deviations = 3

/** Sentences on up to three columns and pairs that are further from real rows than real rows may be, worst first. */
export function worstOf(quality: ColumnsQuality, columns: readonly Column[]): Worst {
  const { rows, pairs } = quality.compared
  const byName = new Map(columns.map((column) => [column.name, column]))
  const odd = quality.columns.filter(
    ({ furthest }) => furthest && areFar(furthest.real, furthest.samples, rows),
  )
  const oddPairs = quality.pairs
    .map((pair, p) => ({ ...pair, compared: pairs[p]! }))
    .filter(({ compared }) => isFar(compared, rows))
  const worst = furthest(odd, minExcess.columns)
  return {
    columns: worst.map((column) => ({ name: column.name, sentence: columnSentence(column) })),
    pairs: furthest(oddPairs, minExcess.pairs).map(({ columns: names, compared }) => {
      const both = names.map((name) => byName.get(name)!)
      return { columns: names, sentence: pairSentence(compared, both) }
    }),
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
  if (!correlations) return false
  const [a, b] = correlations
  return Math.abs(a - b) > deviations * Math.sqrt(((1 - a * a) ** 2 + (1 - b * b) ** 2) / rows)
}

export function columnSentence({ name, furthest }: ColumnQuality): string {
  if (!furthest) return `\`${name}\` is the same in samples as in real rows.`
  const { is, value, samples, real } = furthest
  const valueText =
    value === null ? 'missing' : is === 'equal' ? cellText(value) : `at most ${cellText(value)}`
  return `\`${name}\` is ${valueText} ${inShares(real, samples)}.`
}

function pairSentence({ names, correlations, meeting }: ComparedPair, columns: readonly Column[]): string {
  const [a, b] = names
  if (correlations) {
    const [real, samples] = correlations.map((correlation) => correlation.toFixed(2))
    return `\`${a}\` and \`${b}\` have a correlation of ${real} in real rows and of ${samples} in samples.`
  }
  const [x, y] = meeting!.of.map((part, i) => partText(part, columns[i]!))
  return `\`${a}\` is ${x} and \`${b}\` is ${y} ${inShares(...meeting!.shares)}.`
}

const inShares = (real: number, samples: number) =>
  `in ${shareText(real)} of real rows and in ${shareText(samples)} of samples`

function cellText(value: CellValue): string {
  return typeof value === 'number' && !Number.isInteger(value) ? significant(value) : String(value)
}

function partText(part: Part, column: Column): string {
  if ('category' in part) return part.category < 0 ? 'missing' : cellText(cellValue(column, part.category))
  const { from, to, missing } = part
  if (missing === 'all') return 'missing'
  if (missing === 'some' && to === Number.POSITIVE_INFINITY) return 'anything'
  const textOf = (cell: number) => cellText(cellValue(column, cell))
  // the last whole number below
  const isWhole = column.kind === 'integer'
  if (from === Number.NEGATIVE_INFINITY)
    return `${missing === 'some' ? 'missing or ' : ''}${isWhole ? `up to ${textOf(to - 1)}` : `below ${textOf(to)}`}`
  if (to === Number.POSITIVE_INFINITY) return `${textOf(from)} or more`
  if (!isWhole) return `${textOf(from)} to below ${textOf(to)}`
  return from === to - 1 ? textOf(from) : `${textOf(from)} to ${textOf(to - 1)}`
}

/** 0.9172 -> '91.7 %'; only none and all are 0 and 100. */
export function shareText(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`
  if (share < 0.0005) return 'less than 0.1 %'
  return share >= 0.9995 ? 'more than 99.9 %' : `${(100 * share).toFixed(1)} %`
}

export const metricNames: Readonly<Record<UtilityMetric, string>> = {
  auc: 'AUC',
  'macro-auc': 'mean AUC',
  r2: 'R²',
}
