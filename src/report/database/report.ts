/** Quality and privacy of several tables' samples: each table by itself, and what their rows have to do with each other. */
import { InputError } from '../../core/errors.ts'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  integer,
  number,
  type OptionChecks,
} from '../../core/options.ts'
import { ownValue } from '../../core/own.ts'
import type { Work } from '../../core/work.ts'
import { heldByPlan } from '../../database/learned/held.ts'
import type { Plans } from '../../database/learned/plan.ts'
import {
  type DatabaseReportSources,
  groupCount,
  partsOf,
  type TablePart,
} from '../../database/measured/parts.ts'
import type { StoredVerdicts } from '../../database/measured/verdicts.ts'
import { keptTables } from '../../database/schema.ts'
import { minRows } from '../../measure/prepare.ts'
import { maxSeed } from '../../numerics/random.ts'
import type { Encoding } from '../../table/encodings/encoding.ts'
import { heldSentence, type ModelContents } from '../held.ts'
import type { LeftOutColumns } from '../left-out.ts'
import { type Limits, type ReportOptions, reportOn } from '../report.ts'
import { keyReport, type ReferenceReport, reportReference } from './references.ts'
import {
  type DatabaseLimit,
  type DatabaseVerdict,
  type Findings,
  limitsOf,
  type TableReport,
  verdictOn,
} from './verdict.ts'

/** The verdicts of when the models were trained are reported, if they are given; else those of these samples. */
export interface DatabaseReportOptions extends DatabaseReportSources, StoredVerdicts, Limits, Work {
  /** By table, the encoding on its model's card, to report which values of training rows the file itself reveals. */
  readonly encodings?: Readonly<Record<string, Encoding>> | undefined
  /** By table, the candidates and the rare names on its model's card, which the file reveals too. */
  readonly candidates?: Readonly<Record<string, ModelContents['candidates']>> | undefined
  readonly rareNames?: Readonly<Record<string, ModelContents['rareNames']>> | undefined
  /** By table, what is known in addition to its model, which the file reveals too. */
  readonly plans?: Plans | undefined
  /** By table, the columns that were left out of training. */
  readonly leftOut?: Readonly<Record<string, LeftOutColumns>> | undefined
  /** Seed of drawn rows, folds and resamples. Default: 0. */
  readonly seed?: number | undefined
}

/** The findings as plain JSON: all numbers are finite. */
export interface DatabaseReport extends Findings, DatabaseVerdict {
  /** Whether the file of the models holds values of single rows, in words; null without `encodings`. */
  readonly modelFileSentence: string | null
  /** Results for `maxDetection` and `maxMembership`, for everything that was measured. */
  readonly limits: readonly DatabaseLimit[]
}

const share = number(0, 1)

const checks: OptionChecks<DatabaseReportOptions> = {
  samples: anything,
  against: anything,
  train: anything,
  encodings: anything,
  candidates: anything,
  rareNames: anything,
  plans: anything,
  leftOut: anything,
  verdicts: anything,
  verdictsOf: anything,
  seed: integer(0, maxSeed),
  maxDetection: share,
  maxMembership: share,
  signal: abortSignal,
  onProgress: callback,
}

/**
 * Reports the quality of several tables' samples and what they reveal about the training rows: each table as `report` does, and
 * across tables how many children parents have, trends between the columns of both, orders, trees on parents with their children,
 * and attacks on the membership of parents with their children. Every number stands next to that of real rows.
 *
 * @param options - The samples, held-out families and training families, as `rowsOfRun` gives them, and what else to measure.
 * @returns The findings, the same for the same rows and seed.
 * @throws InputError if the tables differ, or none has enough rows; the signal's reason once it is aborted.
 * @example
 * const { verdicts, references } = await reportDatabase({ ...(await rowsOfRun('runs/shop')), samples: await sample(shop) })
 */
export async function reportDatabase(options: DatabaseReportOptions): Promise<DatabaseReport> {
  checkOptions('reportDatabase', options, checks, ['samples', 'against', 'train'])
  const {
    encodings = {},
    candidates = {},
    rareNames = {},
    plans = {},
    leftOut = {},
    verdicts,
    verdictsOf,
    seed = 0,
    maxDetection,
    maxMembership,
    signal,
    onProgress,
    ...sources
  } = options
  const parts = partsOf(sources)
  const measurable = parts.tables.filter(({ omitted }) => omitted === undefined)
  if (measurable.length === 0) throw noTable(parts.tables)
  const reports = measurable.length + parts.references.filter(({ isWhole }) => isWhole).length
  const workOn = (what: string): Work => ({
    signal,
    onProgress:
      onProgress && ((progress) => onProgress({ ...progress, stage: `${what}: ${progress.stage}` })),
  })
  const tables: TableReport[] = []
  for (const part of parts.tables) {
    const { name } = part
    const plan = ownValue(plans, name)
    const options = {
      encoding: ownValue(encodings, name),
      candidates: ownValue(candidates, name),
      rareNames: ownValue(rareNames, name),
      plan: plan && heldByPlan(plan),
      leftOut: ownValue(leftOut, name) ?? [],
      seed,
      ...workOn(name),
    }
    tables.push(await reportTable(part, options, reports))
  }
  const references: ReferenceReport[] = []
  for (const part of parts.references) {
    const what = `${part.parent} with ${part.child}`
    references.push(await reportReference(part, seed, reports, workOn(what)))
  }
  const keys = [...parts.keys].map(([table, key]) =>
    keyReport(table, sources.train.schema.tables[table]!.key!, key),
  )
  const findings = { tables, keys, references }
  const models = Object.entries(encodings).map(([name, encoding]) => ({
    encoding,
    rareNames: ownValue(rareNames, name),
  }))
  return {
    ...verdictOn(findings, { verdicts, verdictsOf }),
    ...findings,
    modelFileSentence: models.length > 0 ? heldSentence(models, keptTables(sources.train.schema)) : null,
    limits: limitsOf(findings, { maxDetection, maxMembership }),
  }
}

type OwnOptions = Pick<ReportOptions, 'encoding' | 'candidates' | 'rareNames' | 'leftOut' | 'seed'> &
  Pick<ModelContents, 'plan'> &
  Work

async function reportTable(
  { name, sources, groups, omitted }: TablePart,
  options: OwnOptions,
  reports: number,
): Promise<TableReport> {
  const { samples, against, train } = sources
  const described = {
    table: name,
    rows: { samples: samples.count, against: against.count, train: train.count },
    families: groups ? countsOf(groups) : null,
  }
  if (omitted !== undefined) return { ...described, report: null, omitted }
  try {
    const report = await reportOn({ ...sources, ...options }, groups, reports)
    return { ...described, report, omitted: null }
  } catch (error) {
    // what one table lacks is no reason to say nothing of the others
    if (!(error instanceof InputError)) throw error
    const sentence = `${name} could not be measured: ${error.message}.`
    return { ...described, report: null, omitted: { sentence, isOpen: true } }
  }
}

function countsOf({ samples, against, train }: NonNullable<TablePart['groups']>) {
  return { samples: groupCount(samples), against: groupCount(against), train: groupCount(train) }
}

function noTable(tables: readonly TablePart[]): InputError {
  const reasons = tables.map(({ omitted }) => omitted?.sentence).join(' ')
  return new InputError(
    `no table has enough rows: ${reasons.replace(/\.$/, '')}: hold out more, so that there are ${minRows} parents or more`,
    'bad-data',
  )
}
