/** References of tables that declare none. */
import { counted, humanCount, percent, printable } from '../core/format.ts'
import { orderOf } from './database.ts'
import { isPartName, keyScore, suggests } from './names.ts'
import type { Reference } from './schema.ts'
import { areUnique, listed, type SurveyedColumn, type SurveyedTable, tuplesOf } from './survey.ts'

/** The columns of keys, by table. */
type Keys = ReadonlyMap<string, readonly SurveyedColumn[]>

/** A reference that the values allow, and how much its name suggests it. */
export interface FoundReference {
  readonly table: SurveyedTable
  readonly columns: readonly SurveyedColumn[]
  readonly target: SurveyedTable
  readonly score: number
  readonly optional: boolean
}

/** With fewer different texts, a column's values may be keys by chance. */
const fewestCodes = 10

/** A column that fits in at least this share may have been meant as a reference. */
const nearlyFits = 0.5

/** The references, to keys of one column and of several; adds the latter to `keys`. */
export function findReferences(
  tables: readonly SurveyedTable[],
  keys: Map<string, readonly SurveyedColumn[]>,
): { references: FoundReference[]; notices: string[] } {
  const notices: string[] = []
  const candidates = candidatesOf(tables, keys, notices)
  const references: FoundReference[] = []
  const take = (reference: FoundReference, why: string, others: readonly FoundReference[] = []) => {
    const lacking = reference.optional ? '; some rows have none' : ''
    const more =
      others.length > 0
        ? `; it could also refer to ${others.map(({ target }) => printable(target.name)).join(' or ')}`
        : ''
    notices.push(
      `${subjectOf(reference)} ${reference.columns.length > 1 ? 'refer' : 'refers'} to ${printable(reference.target.name)}, ${why}${lacking}${more}`,
    )
    references.push(reference)
  }
  const fits = (reference: FoundReference) => isInOrder(tables, [...references, reference])

  const named = candidates.filter((each) => each.score > 0 && !isReversed(each, candidates, keys))
  for (const all of inGroups(named, ({ columns: [column] }) => column!)) {
    all.sort((a, b) => b.score - a.score || a.target.rows - b.target.rows)
    const reference = all.find(fits)
    if (reference)
      take(
        reference,
        'as its name says and each value is a key of it',
        all.filter((each) => each !== reference),
      )
  }

  const isTaken = ({ columns: [column] }: FoundReference) =>
    references.some(({ columns }) => columns.includes(column!))
  const coded = candidates.filter((each) => each.score === 0 && !isTaken(each))
  for (const all of inGroups(coded, ({ table, target }) => `${table.name}\0${target.name}`)) {
    const areMany = all.some(({ columns: [column] }) => column!.distinct.size >= fewestCodes)
    for (const reference of all)
      if (areMany && !isTaken(reference) && fits(reference))
        take(reference, 'as each of its values is a key of it')
      else if (!areMany)
        notices.push(
          `${subjectOf(reference)} may refer to ${printable(reference.target.name)}, as its few values are keys of it, and is no reference as long as schema.json does not say so`,
        )
  }

  for (const reference of compositeReferences(tables, keys))
    if (fits(reference)) take(reference, 'as columns of the same names hold its keys')
  return { references, notices }
}

function subjectOf({ table, columns }: FoundReference): string {
  return `${printable(table.name)}: ${listed(columns)}`
}

function inGroups<T>(values: readonly T[], keyOf: (value: T) => unknown): T[][] {
  const groups = new Map<unknown, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return [...groups.values()]
}

/** Columns whose every value is a key of one column; `notices` says which nearly are, though their names suggest it. */
function candidatesOf(tables: readonly SurveyedTable[], keys: Keys, notices: string[]): FoundReference[] {
  const candidates: FoundReference[] = []
  for (const table of tables)
    for (const column of table.columns)
      for (const target of tables) {
        const [key, another] = keys.get(target.name) ?? []
        if (!key || another || key === column) continue
        const match = matchOf(column, table, key, target)
        if (!match || (match.score === 0 && keys.get(table.name)?.includes(column))) continue
        const { score, present, lost } = match
        if (lost === 0)
          candidates.push({ table, columns: [column], target, score, optional: present < table.rows })
        else if (score > 2 && lost <= (1 - nearlyFits) * present)
          notices.push(
            `${printable(table.name)}: ${printable(column.name)} is no reference to ${printable(target.name)}, as ${humanCount(lost)} of ${counted(present, 'value')} (${percent(lost / present)}) are no ${printable(key.name)} of it`,
          )
      }
  return candidates
}

/** Whether a column may refer to a key by its name, or by codes of letters. */
export function refersTo(
  column: SurveyedColumn,
  table: SurveyedTable,
  key: SurveyedColumn,
  target: SurveyedTable,
): boolean {
  return matchOf(column, table, key, target)?.lost === 0
}

/** How much a column's name suggests a key, how many of its cells are present, and how many of these do not look like keys. */
function matchOf(
  column: SurveyedColumn,
  table: SurveyedTable,
  key: SurveyedColumn,
  target: SurveyedTable,
): { score: number; present: number; lost: number } | undefined {
  if (!column.mayIdentify) return undefined
  const score = suggests(column.name, target.name, key.name, target === table)
  if (score === 0 && (target === table || !mayBeCodes(column, key))) return undefined
  const { present } = column
  const lost = present.filter((value) => !key.distinct.has(value)).length
  return present.length === 0 ? undefined : { score, present: present.length, lost }
}

/** Whether a column holds codes of letters: that all of them are keys can't be chance, as it can for numbers from 1 up. */
function mayBeCodes(column: SurveyedColumn, key: SurveyedColumn): boolean {
  return areTexts(column) && areTexts(key) && column.distinct.size > 2
}

function areTexts({ texts, present }: SurveyedColumn): boolean {
  return texts > 0 && texts >= 0.9 * present.length
}

/** Of two tables whose keys are named alike, the one with the column's name, or else the larger, is the one referred to. */
function isReversed(
  { table, columns: [column], target }: FoundReference,
  all: readonly FoundReference[],
  keys: Keys,
): boolean {
  if (keys.get(table.name)?.[0] !== column) return false
  const back = all.find(
    (each) =>
      each.table === target &&
      each.target === table &&
      each.score > 0 &&
      keys.get(target.name)?.[0] === each.columns[0],
  )
  if (!back) return false
  const difference =
    keyScore(column!.name, table.name, false) - keyScore(back.columns[0]!.name, target.name, false)
  return difference > 0 || (difference === 0 && table.columns.length >= target.columns.length)
}

/** Whether no circle of obligatory references arises. */
function isInOrder(tables: readonly SurveyedTable[], references: readonly FoundReference[]): boolean {
  const drafts = tables.map((each) => {
    const outgoing = references.filter(({ table }) => table === each)
    return [each.name, { columns: {}, references: outgoing.map(referenceOf) }]
  })
  return orderOf({ format: 1, tables: Object.fromEntries(drafts) }).circle === undefined
}

export function referenceOf({ columns, target, optional }: FoundReference): Reference {
  return { columns: columns.map(({ name }) => name), table: target.name, optional }
}

/** References of two or three columns to tables without a key of one, by columns of the same names. */
function compositeReferences(
  tables: readonly SurveyedTable[],
  keys: Map<string, readonly SurveyedColumn[]>,
): FoundReference[] {
  const references: FoundReference[] = []
  for (const target of tables) {
    if (keys.has(target.name) || target.rows === 0) continue
    for (const names of sharedNames(target, tables)) {
      const key = names.map((name) => columnOf(target, name)!)
      if (!areUnique(target, key)) continue
      const tuples = new Set(tuplesOf(target, key))
      const children = tables.flatMap((table) => {
        const columns = names.flatMap((name) => columnOf(table, name) ?? [])
        if (table === target || columns.length < names.length) return []
        const present = tuplesOf(table, columns).filter((tuple) => tuple !== undefined)
        if (present.length === 0 || !present.every((tuple) => tuples.has(tuple))) return []
        return [{ table, columns, target, score: 4, optional: present.length < table.rows }]
      })
      if (children.length === 0) continue
      keys.set(target.name, key)
      references.push(...children)
      break
    }
  }
  return references
}

/** The column of a name, if it may identify rows. */
function columnOf({ columns }: SurveyedTable, name: string): SurveyedColumn | undefined {
  return columns.find((column) => column.name === name && column.mayIdentify)
}

/** Two or three names of columns that a table shares with another, in which keys may be. */
function sharedNames(target: SurveyedTable, tables: readonly SurveyedTable[]): string[][] {
  const sets = new Map<string, string[]>()
  for (const table of tables) {
    if (table === target) continue
    const shared = target.columns
      .map(({ name }) => name)
      .filter((name) => isPartName(name) && columnOf(target, name) && columnOf(table, name))
      .slice(0, 6)
    for (let a = 0; a < shared.length; a++)
      for (let b = a + 1; b < shared.length; b++) {
        for (const set of [
          [shared[a]!, shared[b]!],
          ...shared.slice(b + 1).map((third) => [shared[a]!, shared[b]!, third]),
        ])
          sets.set(set.join('\0'), set)
      }
  }
  return [...sets.values()].sort((a, b) => a.length - b.length)
}
