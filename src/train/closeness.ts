import { counted, printable } from '../core/format.ts'
import type { Work } from '../core/work.ts'
import { compareTables, halvesOf } from '../measure/closeness.ts'
import { detectionOf } from '../measure/detection.ts'
import { firstRows, minRows, prepareTables, type ReportTables } from '../measure/prepare.ts'
import type { Description } from '../model/description.ts'
import type { TrainingConfig } from '../model/run-config.ts'
import type { NamedWeights } from '../model/weights.ts'
import { streams } from '../numerics/random.ts'
import { columnNamed } from '../table/columns.ts'
import { encodeCells } from '../table/encodings/encode.ts'
import { type NamedTable, withoutColumns } from '../table/table.ts'
import { closingComparison, samplesForRows } from './closing-work.ts'
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
  /** The same for real rows against other real rows. */
  readonly real: Likeness
  /** What is probably bad about the samples, why, and what to do, in a sentence; null if nothing is. */
  readonly doubt: string | null
}

/** Samples that are compared, by the number of rows; fewer after a short training of a large network or of many columns. */
const asManyAsRows = { times: 1, most: 2000 } as const

/** Pairs of columns that are compared: all of 200 columns, and some of more. */
const maxPairs = 20_000

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
  /** Whether it was trained for fewer steps than the recipe would take. */
  readonly isShort: boolean
  readonly training: TrainingConfig
  readonly signal: AbortSignal | undefined
  readonly onProgress?: Work['onProgress']
}

/** Measures how close the samples of a trained table are to real rows; undefined if there are too few rows. */
export async function closenessOfTrained(sources: ClosenessSources): Promise<TrainedCloseness | undefined> {
  const { description, weights, train, holdout, seed, isShort, training, signal, onProgress } = sources
  const [against, real] = holdout ? [holdout, train] : halvesOf(train)
  if (Math.min(against.count, real.count) < minRows) return undefined
  // real rows are compared with as many others: more samples would look closer than they are
  const most = samplesForRows(real.count, asManyAsRows)
  const { rows: comparedRows, rounds } = closingComparison(description, training, most)
  // not under the context of the rows that they are compared with, which their twins would give away
  const codes = encodeCells(description.encoding, firstRows(real, comparedRows))
  const request = { count: comparedRows, seed, stream: streams.closeness, codes, signal, onProgress }
  const samples: NamedTable = {
    name: 'the table of samples',
    ...(await drawnRows(description, weights, request)),
  }
  const prepared = (rows: NamedTable, without: readonly string[] = []) => {
    const [samples, others, train] = [rows, against, real].map((each) => withoutColumns(each, without))
    return prepareTables({ samples: samples!, against: others!, train: train! }, 0)
  }
  const { context } = description.encoding
  const compared = (tables: ReportTables) =>
    compareTables(firstRows(tables.against, comparedRows), firstRows(tables.samples, comparedRows), {
      maxPairs,
      seed,
    })
  const [ofSamples, ofReal] = [compared(prepared(samples, context)), compared(prepared(real, context))]
  const limits = { maxRows: comparedRows, maxRepeats: 1, rounds }
  const detection = await detectionOf(prepared(samples), { signal, onProgress }, limits)
  const likeness = { shapes: ofSamples.shapes, trends: ofSamples.trends, detection: detection.auc }
  const realLikeness = { shapes: ofReal.shapes, trends: ofReal.trends, detection: detection.null }
  return {
    against: holdout ? 'holdout' : 'train',
    rows: against.count,
    ...likeness,
    real: realLikeness,
    doubt: doubtOf(),
  }

  /** The worst of what is bad, first what is wrong with a single column. */
  function doubtOf(): string | null {
    const worst = <T extends { distance: number }>(all: readonly T[], ofReal: readonly T[]) =>
      all
        .map((each, k) => ({ ...each, excess: each.distance - ofReal[k]!.distance }))
        .sort((a, b) => b.excess - a.excess)[0]
    const column = worst(ofSamples.columns, ofReal.columns)
    // chance moves the distance of a column of n rows by about half of 1 / sqrt(n)
    const chance = 1 / Math.sqrt(Math.min(comparedRows, against.count))
    const isFar = realLikeness.shapes - likeness.shapes > poor.shapes
    if (column && (isFar || column.excess > poor.column + chance))
      return `the samples' ${printable(column.name)} is not distributed as in the rows: ${remedyFor(column.name)}`
    const pair = worst(ofSamples.pairs, ofReal.pairs)
    const isLoose = (realLikeness.trends ?? 1) - (likeness.trends ?? 1) > poor.trends
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
