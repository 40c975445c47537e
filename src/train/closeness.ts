import { counted, printable } from '../core/format.ts'
import type { Work } from '../core/work.ts'
import { compareTables, halvesOf } from '../measure/closeness.ts'
import { detectionOf } from '../measure/detection.ts'
import { draws, firstRows, minRows, prepareTables, type ReportTables } from '../measure/prepare.ts'
import { privacyOf } from '../measure/privacy/privacy.ts'
import { copiedIn, haveValues } from '../measure/privacy/repeats.ts'
import { peopleVerdict, rowsVerdict, unjudgedVerdicts, type Verdicts } from '../measure/verdicts.ts'
import type { Description } from '../model/description.ts'
import type { TrainingConfig } from '../model/run-config.ts'
import type { NamedWeights } from '../model/weights.ts'
import { shuffled, streams } from '../numerics/random.ts'
import { columnNamed } from '../table/columns.ts'
import { encodeCells } from '../table/encodings/encode.ts'
import { isGenerated, type NamedTable, namesOf, rowsAt, withoutColumns } from '../table/table.ts'
import { closingComparison } from './closing-work.ts'
import { drawnRows } from './live-samples.ts'

/** How alike the rows of two tables are. */
export interface Likeness {
  /** 1 minus the mean distance of the columns: 1 if each has the distribution of the real rows. */
  readonly shapes: number
  /** The same of pairs of columns; null if there is one column. */
  readonly trends: number | null
  /** Area under the ROC curve of trees that distinguish the tables: 0.5 if they can't, 1 if they always can. */
  readonly detection: number
}

/** How close a trained model's samples of a table are to real rows. */
export interface TrainedCloseness extends Likeness {
  /** The real rows: those held out, or half of the training rows. */
  readonly against: 'holdout' | 'train'
  readonly rows: number
  /** How many of them were compared with as many samples, which trees learned from; unknown of earlier runs. */
  readonly compared?: number | undefined
  /** The share of samples that equal a training row, if so many do that they can't be by chance. */
  readonly copied?: number | undefined
  /** The same for real rows against other real rows. */
  readonly real: Likeness
  /** What is probably bad about the samples, why, and what to do, in a sentence; null if nothing is. */
  readonly doubt: string | null
}

/** Pairs of columns that are compared: all of 200 columns, and some of more. */
const maxPairs = 20_000

/** Of how many training rows what is measured of other real rows is measured: more than are compared. */
const mostReal = 40_000

/** Some of a large table's rows, drawn by the seed. */
function someOf(table: NamedTable, seed: number): NamedTable {
  if (table.count <= mostReal) return table
  return rowsAt(table, shuffled(table.count, seed, draws.real).subarray(0, mostReal))
}

/** How much worse than real rows samples may be, in addition to chance. */
const poor = { column: 0.05, shapes: 0.05, trends: 0.05, detection: 0.2 }

/** A column of more names than these has few rows for each. */
const manyNames = 256

interface ClosenessSources {
  readonly description: Description
  readonly weights: NamedWeights
  /** The training rows, and those held out, if any. */
  readonly train: NamedTable
  readonly holdout: NamedTable | undefined
  readonly seed: number
  /** Whether it is one of several tables, which are judged together. */
  readonly isAmongTables?: boolean | undefined
  /** Whether it was trained for fewer steps than the recipe would take. */
  readonly isShort: boolean
  readonly training: TrainingConfig
  readonly signal: AbortSignal | undefined
  readonly onProgress?: Work['onProgress']
}

/** What is measured of a trained table. */
export interface ClosingMeasures {
  /** Undefined if there are too few rows. */
  readonly closeness?: TrainedCloseness | undefined
  /** Undefined of one of several tables. */
  readonly verdicts?: Verdicts | undefined
}

/**
 * Measures how close the samples of a trained table are to the judging rows, and what they reveal of the training rows; without judging
 * rows, how close they are to half of the training rows.
 */
export async function closingMeasures(sources: ClosenessSources): Promise<ClosingMeasures> {
  const { description, weights, train, holdout, seed, isAmongTables, isShort, training, signal, onProgress } =
    sources
  const [against, real] = holdout && holdout.count >= minRows ? [holdout, train] : halvesOf(train)
  const isJudged = against === holdout
  const { rows: count, sets, rounds } = closingComparison(description, training, against.count)
  // not under the context of the rows that they are compared with, which their twins would give away
  const codes = encodeCells(description.encoding, firstRows(real, count * sets), 'kept')
  const request = { count: count * sets, seed, stream: streams.closeness, codes, signal, onProgress }
  const drawn = await drawnRows(description, weights, request)
  const samples: NamedTable = { name: 'the table of samples', ...drawn }
  const work = { signal, onProgress }
  const { columns, context = [] } = description.encoding
  const generated = namesOf({ columns: columns.filter(isGenerated) })
  // sorting and shuffling all rows of a large table takes longer than all that is measured of them
  const some = someOf(real, seed)
  const prepared = (rows: NamedTable, without: readonly string[] = []) => {
    const [samples, others, train] = [rows, against, some].map((each) =>
      withoutColumns(each, [...generated, ...without]),
    )
    return prepareTables({ samples: samples!, against: others!, train: train! }, 0)
  }
  // of all sets at once: those of few rows differ by chance alone
  const alike = Math.min(count * sets, real.count)
  const compared = (tables: ReportTables) =>
    compareTables(firstRows(tables.against, count), firstRows(tables.samples, alike), { maxPairs, seed })
  const drawnTables = prepared(samples, context)
  if (Math.min(against.count, real.count) < minRows)
    return isAmongTables ? {} : { verdicts: unjudgedVerdicts(copiedOf()) }
  const [ofSamples, ofReal] = [compared(drawnTables), compared(prepared(some, context))]
  const limits = { maxRows: count, maxRepeats: sets, rounds }
  const detection = await detectionOf(prepared(samples), work, limits)
  const likeness = { shapes: ofSamples.shapes, trends: ofSamples.trends, detection: detection.auc }
  const realLikeness = { shapes: ofReal.shapes, trends: ofReal.trends, detection: detection.null }
  const attacked = { ...drawnTables, against: firstRows(drawnTables.against, count) }
  const isAttacked = isJudged && !isAmongTables && haveValues(attacked)
  const privacy = isAttacked && (await privacyOf(attacked, work, 1, real))
  const copied = privacy ? privacy.copied : isAmongTables ? null : copiedOf()
  return {
    closeness: {
      against: isJudged ? 'holdout' : 'train',
      rows: against.count,
      compared: count,
      ...(copied !== null && { copied }),
      ...likeness,
      real: realLikeness,
      doubt: doubtOf(),
    },
    ...(!isAmongTables && {
      verdicts: privacy
        ? { rows: rowsVerdict(detection), people: peopleVerdict(privacy) }
        : unjudgedVerdicts(copied),
    }),
  }

  /** Of all training rows, also where half of them are in the place of judging rows. */
  function copiedOf(): number | null {
    return copiedIn(drawnTables, train)
  }

  /** The worst of what is bad, first what is wrong with a single column. */
  function doubtOf(): string | null {
    const worst = <T extends { distance: number }>(all: readonly T[], ofReal: readonly T[]) =>
      all
        .map((each, k) => ({ ...each, excess: each.distance - ofReal[k]!.distance }))
        .sort((a, b) => b.excess - a.excess)[0]
    const column = worst(ofSamples.columns, ofReal.columns)
    // chance moves the distance of a column of n rows by about half of 1 / sqrt(n), and a mean of such distances by less
    const chance = 1 / Math.sqrt(count)
    const isFar = realLikeness.shapes - likeness.shapes > poor.shapes + chance / 2
    if (column && (isFar || column.excess > poor.column + chance))
      return `the samples' ${printable(column.name)} is not distributed as in the rows: ${remedyFor(column.name)}`
    const pair = worst(ofSamples.pairs, ofReal.pairs)
    const isLoose = (realLikeness.trends ?? 1) - (likeness.trends ?? 1) > poor.trends + chance / 2
    if (!isLoose && likeness.detection - realLikeness.detection <= poor.detection + chance) return null
    const [auc, realAuc] = [likeness, realLikeness].map((each) => each.detection.toFixed(2).replace(/^0/, ''))
    const seen = `trees distinguish the samples from real rows (AUC ${auc}, real rows ${realAuc})`
    const names =
      pair && pair.excess > poor.column ? `, ${pair.names.map(printable).join(' and ')} above all` : ''
    return `the samples' columns do not depend on each other as in the rows${names}; ${seen}: ${remedy()}`
  }

  function remedyFor(name: string): string {
    const { categories = [] } = columnNamed(description.encoding.columns, name)
    if (categories.length > manyNames)
      return `its ${counted(categories.length, 'value')} have few rows each: merge rare ones (\`minCategory\`), or leave it out (\`drop\`)`
    return remedy()
  }

  function remedy(): string {
    if (isShort) return 'train for more `steps`: the recipe takes more for such a table'
    return train.count < 1000
      ? `${train.count} rows are few: give more`
      : 'train for more `steps`, or give more rows'
  }
}
