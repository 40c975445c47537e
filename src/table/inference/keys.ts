// cspell:ignore nummer opsu uuid caseid docno idno patid seqn seqno studyid idx rownames numero annee année jahr jaar anno
/** Whole numbers that only number the rows, or count the steps of a series. */
import { upperBound } from '../../numerics/bounds.ts'
import type { Column, TableColumn } from '../table.ts'

/** Names of id columns from people and programs; `Unnamed: 0` and `__index_level_0__` come from pandas. */
const idNames = [
  /^((.*[ _.-])?(id|key|uuid)|index|idx|rownames|unnamed: ?\d+|__index_level_\d+__)$/i,
  /[a-z0-9](Id|ID|Key|Uuid)$/,
]

/** Names of columns that number the rows if they rise: case_no, pupilNR, obs, caseid. */
const numberingNames = [
  /(^|[ _.-])(no|nr|num|number|nummer|numero|code|row|rows|obs|observation|case|record|seq|sequence|serial|subject|patient)$/i,
  /[a-z](No|Nr|NR|Num|Number|Code)$/,
  /^(id|case|doc|seq|pat|study|subj|cust|emp|order|rec|person|user|[opsu])(id|no|nr|num|n)$/i,
]

/** Names of times, ages and the steps of series, which are never the number of a row: Year, SeasonEnd, day_of_year, t. */
const stepNames = [
  /(^|[^a-z])(years?|yr|année|annee|jahr|jaar|año|anno|dates?|times?|months?|weeks?|days?|hours?|minutes?|seconds?|quarter|season|period|steps?|ages?|epoch)([^a-z]|$)/i,
  /(^|[a-z])(Year|Date|Time|Month|Week|Day|Hour|Quarter|Season|Period|Step|Age)([A-Z]|$)/,
  /^(year|date|time|month|week|day|hour|quarter|season|period|step|age)[A-Z]/,
  /^t$/i,
]

export function isIdName(name: string): boolean {
  return idNames.some((pattern) => pattern.test(name))
}

function isStepName(name: string): boolean {
  return stepNames.some((pattern) => pattern.test(name))
}

/** With fewer rows, values may be consecutive by chance. */
const minRows = 20

/** Whole numbers within these are years, where nothing says that they number the rows. */
const [firstYear, lastYear] = [1600, 2100]

/** The least and the largest cell, and the least difference of two, which is 0 where one repeats. */
function spanOf(cells: Float64Array): { min: number; max: number; step: number } {
  const sorted = cells.slice().sort()
  let step = Number.POSITIVE_INFINITY
  for (let i = 1; i < sorted.length; i++) step = Math.min(step, sorted[i]! - sorted[i - 1]!)
  return { min: sorted[0]!, max: sorted.at(-1)!, step }
}

/**
 * Whether a column of whole numbers without missing values only numbers its rows: all differ, and hardly skip one, or the column is
 * named like an id, or they rise and it is named like a number. Years, ages and the steps of series are numbers, unless it is named like an id.
 *
 * @param isNamed - Whether it is named like an id, or declared a key.
 * @returns `'unnamed'` if only its numbers say so: another column may depend on them.
 */
export function areIds(cells: Float64Array, name: string, isNamed: boolean): boolean | 'unnamed' {
  const count = cells.length
  if (count < minRows) return false
  const isNumbering = numberingNames.some((pattern) => pattern.test(name))
  const isRising = cells.every((cell, i) => i === 0 || cell > cells[i - 1]!)
  const { min, max, step } = spanOf(cells)
  if (step === 0) return false
  if (isNamed || (isNumbering && isRising)) return true
  const areYears = min >= firstYear && max <= lastYear && !isNumbering
  const areNumbered = max - min + 1 <= 1.05 * count && !areYears && !isStepName(name)
  return areNumbered && (isNumbering || 'unnamed')
}

/** Neighbours' ranks are at most so far apart in the mean, and nowhere farther than ranks are by chance in the mean, as shares of all. */
const [mostApart, mostJump] = [0.1, 1 / 3]

/**
 * Whether a column of numbers depends on others, all different, beyond their order: it goes up and down with them, without jumps. One that only
 * rises or falls may be what the rows were sorted by, and one with jumps may belong to several series, one after the other.
 */
export function dependsOn({ kind, cells }: TableColumn, numbers: Float64Array): boolean {
  if ((kind !== 'number' && kind !== 'integer') || cells.some(Number.isNaN)) return false
  const sorted = cells.slice().sort()
  const order = Uint32Array.from(numbers.keys()).sort((i, j) => numbers[i]! - numbers[j]!)
  const ranks = Float64Array.from(order, (i) => upperBound(sorted, cells[i]!) / cells.length)
  const steps = Array.from(ranks.subarray(1), (rank, k) => rank - ranks[k]!)
  if (steps.every((step) => step >= 0) || steps.every((step) => step <= 0)) return false
  const apart = steps.reduce((sum, step) => sum + Math.abs(step), 0) / steps.length
  return apart <= mostApart && steps.every((step) => Math.abs(step) <= mostJump)
}

/** A series lacks fewer steps than this share: a day of each week's seven may be missing, and both of its end. */
const mostSteps = 1.5

/** Whether each row is one step of a series: its dates, or its numbers named like steps, all differ at nearly the same distance. */
export function isSeries({ name, kind }: Pick<Column, 'name' | 'kind'>, cells: Float64Array): boolean {
  const count = cells.length
  if (count < minRows || !(kind === 'date' || (kind === 'integer' && isStepName(name)))) return false
  if (cells.some(Number.isNaN)) return false
  const { min, max, step } = spanOf(cells)
  return step > 0 && max - min <= mostSteps * step * (count - 1)
}
