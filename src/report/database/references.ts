import { counted, humanCount } from '../../core/format.ts'
import type { Work } from '../../core/work.ts'
import { countName, nameIn } from '../../database/measured/child-groups.ts'
import type { CheckedKey } from '../../database/measured/follow.ts'
import {
  type HeldOrder,
  heldOrders,
  type StepShare,
  stepColumn,
  stepShares,
} from '../../database/measured/orders.ts'
import type { Omitted, ReferencePart } from '../../database/measured/parts.ts'
import { joinedTables, stepTables, summedTables } from '../../database/measured/tables.ts'
import { type Detection, detectionOf } from '../../measure/detection.ts'
import { minRows, oneOfEach, pickColumns, type ReportTables } from '../../measure/prepare.ts'
import { privacyOf } from '../../measure/privacy/privacy.ts'
import { type ColumnQuality, columnsOf } from '../../measure/quality.ts'
import { mean } from '../../measure/statistics.ts'
import { columnNamed } from '../../table/columns.ts'
import { namesOf } from '../../table/table.ts'
import { type PrivacyReport, sayPrivacy } from '../privacy.ts'
import { type Worst, worstOf } from '../quality.ts'

/** What the rows of two tables have to do with each other, of which one refers to the other. */
export interface ReferenceReport {
  readonly child: string
  readonly parent: string
  readonly columns: readonly string[]
  /** How many samples of the child have a row that the reference leads to. */
  readonly met: number
  /** How many lack the reference. */
  readonly missing: number
  /** How many have one that leads to no row. */
  readonly astray: number
  /** Trends between the columns of the two tables; null with too few families. */
  readonly trends: BetweenTables | null
  /** Trees on a parent joined with one of its children; null with too few families. */
  readonly joined: Detection | null
  /** Dates of which one is not before the other in all real rows. */
  readonly orders: readonly (HeldOrder & { readonly sentence: string })[]
  /** Parents with all of their children: of the reference by which children are drawn, with enough families. */
  readonly family: FamilyReport | null
  /** What could not be measured; null if nothing is left out. */
  readonly omitted: Omitted | null
}

/** Trends between the columns of two tables. */
export interface BetweenTables {
  /** 1 minus the mean distance of the pairs of a parent's and a child's column; 1 is the same. */
  readonly trends: number
  /** The same for two sets of real families. */
  readonly real: number
  /** The pairs that differ most. */
  readonly worst: Worst['pairs']
}

/** Parents with all of their children. */
export interface FamilyReport {
  readonly count: ChildCount
  /** Null without an order. */
  readonly steps: Steps | null
  /** Trees on parents with the sums of their children. */
  readonly sums: Detection
  /** Attacks on parents with the sums of their children. */
  readonly privacy: PrivacyReport
}

/** How many children parents have. */
export interface ChildCount {
  /** The Kolmogorov-Smirnov statistic, and that of two sets of real parents. */
  readonly distance: number
  readonly null: number
  readonly mean: { readonly samples: number; readonly real: number }
  readonly sentence: string
}

/** How far children are from the one before, by their order. */
export interface Steps {
  readonly column: string
  /** Whether steps are in days. */
  readonly isDate: boolean
  readonly distance: number
  readonly null: number
  readonly shares: readonly StepShare[]
}

/** Measures a reference; `reports` share the level of significance. */
export async function reportReference(
  part: ReferencePart,
  seed: number,
  reports: number,
  work: Work,
): Promise<ReferenceReport> {
  const { child, parent, columns, isWhole, followed } = part
  const { met, missing, astray } = followed
  const joined = joinedTables(part, seed)
  const family = isWhole ? await reportFamily(part, seed, reports, work) : null
  return {
    child,
    parent,
    columns,
    met,
    missing,
    astray,
    trends: joined ? await trendsBetween(part, joined, work) : null,
    joined: joined ? await detectionOf(oneOfEach(joined), work) : null,
    orders: joined ? ordersOf(part, joined) : [],
    family,
    omitted: omittedOf(part, joined !== undefined, family !== null),
  }
}

function omittedOf(
  { child, parent, isWhole }: ReferencePart,
  isJoined: boolean,
  hasFamily: boolean,
): Omitted | null {
  if (isJoined && (hasFamily || !isWhole)) return null
  const what = isJoined
    ? `${parent} with all of their ${child}`
    : `${child} with the row of ${parent} that they refer to`
  return {
    isOpen: isWhole,
    sentence: `${what[0]!.toUpperCase()}${what.slice(1)} could not be measured: there are fewer than ${minRows} families among samples, held-out rows or training rows.`,
  }
}

async function trendsBetween(
  { parent, groups }: ReferencePart,
  joined: ReportTables,
  work: Work,
): Promise<BetweenTables | null> {
  const ofParent = new Set(namesOf(groups.against.parents).map((name) => nameIn(parent, name)))
  const measured = await columnsOf(joined, work)
  const between = measured.pairs.flatMap(({ columns: [a, b] }, p) =>
    ofParent.has(a) === ofParent.has(b) ? [] : [p],
  )
  if (between.length === 0) return null
  const pairs = between.map((p) => measured.pairs[p]!)
  const compared = { ...measured.compared, pairs: between.map((p) => measured.compared.pairs[p]!) }
  return {
    trends: 1 - mean(pairs.map(({ distance }) => distance)),
    real: 1 - mean(pairs.map((pair) => pair.null)),
    worst: worstOf({ ...measured, columns: [], pairs, compared }, joined.against.columns).pairs,
  }
}

function ordersOf({ parent, groups }: ReferencePart, joined: ReportTables): ReferenceReport['orders'] {
  const ofParent = namesOf(groups.against.parents).map((name) => nameIn(parent, name))
  return heldOrders(joined, ofParent).map((order) => ({ ...order, sentence: orderSentence(order) }))
}

function orderSentence({ first, last, real, samples: { rows, broken } }: HeldOrder): string {
  const held = `\`${last}\` is before \`${first}\` in none of ${counted(real, 'real row')}`
  return broken === 0
    ? `${held}, nor in any of ${counted(rows, 'sample')}.`
    : `${held}, but in ${humanCount(broken)} of ${counted(rows, 'sample')}.`
}

async function reportFamily(
  part: ReferencePart,
  seed: number,
  reports: number,
  work: Work,
): Promise<FamilyReport | null> {
  const tables = summedTables(part, seed)
  if (!tables) return null
  const name = countName(part.child)
  const count = pickColumns(tables, [name])
  const [counts] = (await columnsOf(count, work)).columns
  return {
    count: childCount(part, counts!, count),
    steps: await stepsOf(part, seed, work),
    sums: await detectionOf(oneOfEach(tables), work),
    privacy: sayPrivacy(await privacyOf(tables, work, reports)),
  }
}

function childCount(
  { parent, child }: ReferencePart,
  { distance, null: chance }: ColumnQuality,
  count: ReportTables,
) {
  const [samples, real] = [mean(count.samples.columns[0]!.cells), mean(count.against.columns[0]!.cells)]
  const sentence =
    `Samples of ${parent} have ${samples.toFixed(2)} rows of ${child} on average, and held-out ones ${real.toFixed(2)}: ` +
    `the distance of their numbers is ${decimalsOf(distance)}, and ${decimalsOf(chance)} between real rows and other real rows.`
  return { distance, null: chance, mean: { samples, real }, sentence }
}

const decimalsOf = (x: number) => x.toFixed(3).replace(/^0/, '')

async function stepsOf(part: ReferencePart, seed: number, work: Work): Promise<Steps | null> {
  const tables = stepTables(part, seed)
  const column = part.groups.train.order
  if (!tables || column === undefined) return null
  const orderColumn = part.groups.train.children.columns.find(({ name }) => name === column)
  const isDate = orderColumn?.kind === 'date'
  const { columns } = await columnsOf(tables, work)
  const { distance, null: chance } = columnNamed(columns, stepColumn.name)
  return { column, isDate, distance, null: chance, shares: stepShares(tables, isDate) }
}

/** A table's key in its samples. */
export interface KeyReport extends CheckedKey {
  readonly table: string
  readonly columns: readonly string[]
  readonly sentence: string
}

/** How many samples repeat their table's key, with its sentence. */
export function keyReport(
  table: string,
  columns: readonly string[],
  { rows, repeats }: CheckedKey,
): KeyReport {
  const key = `the key of ${table}, ${columns.join(', ')}`
  const sentence =
    repeats === 0
      ? `No two of ${counted(rows, 'row')} have the same values of ${key}.`
      : `${humanCount(repeats)} of ${counted(rows, 'row')} ${repeats === 1 ? 'repeats' : 'repeat'} ${key}.`
  return { table, columns, rows, repeats, sentence }
}

export function referenceSentence({ child, parent, columns, met, missing, astray }: ReferenceReport): string {
  const all = met + missing + astray
  const name = `${child}.${columns.join(', ')}`
  const without = missing > 0 ? `, and ${humanCount(missing)} have none` : ''
  return astray === 0
    ? `${name} leads to a row of ${parent} in all of ${counted(all - missing, 'row')} that have it${without}.`
    : `${name} leads to no row of ${parent} in ${humanCount(astray)} of ${counted(all, 'row')}${without}.`
}

/** What is said of all keys: those that repeat, and that the others do not. */
export function keySentences(keys: readonly KeyReport[]): string[] {
  const repeated = keys.filter(({ repeats }) => repeats > 0)
  return repeated.length > 0 || keys.length === 0
    ? repeated.map(({ sentence }) => sentence)
    : [`No two rows of ${keys.map(({ table }) => table).join(', ')} have the same key.`]
}
