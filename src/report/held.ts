/** What a model file holds of its training rows, in words: the kinds of encodings, relations, rules, makers and trees say what there is. */
import { humanCount, printable } from '../core/format.ts'
import { type Candidates, heldByTrees } from '../model/candidates.ts'
import { type Encoding, isScaled } from '../table/encodings/encoding.ts'
import { heldByColumns } from '../table/encodings/held.ts'
import type { HeldPart } from '../table/held.ts'
import { leastRows } from '../table/least-rows.ts'
import { auxiliaryColumns } from '../table/relations/auxiliary.ts'
import { heldByRelations } from '../table/relations/held.ts'

/** What holds something of the training rows in a model file. */
export interface ModelContents {
  readonly encoding: Encoding
  /** The trees that choose among the candidates of a row. */
  readonly candidates?: Candidates | undefined
  /** The columns whose names of single rows were allowed. */
  readonly rareNames?: readonly { readonly column: string }[] | undefined
  /** Of one of several tables, what is held in addition to its model. */
  readonly plan?: readonly HeldPart[] | undefined
}

/** What a model file holds of a column's training rows, for everyone to read who has the file. */
export interface HeldValues {
  /** The column, or the names of several, of what they have together. */
  readonly column: string
  /** How many values, names, cuts of trees, combinations and so on the file holds. */
  readonly values: number
  /** Whether both ends of the column's range are among them. */
  readonly hasExtremes: boolean
  readonly sentence: string
}

/** The most columns that a sentence names. */
const mostNamed = 5

/** What a model file holds: of each column, in order, then of several columns together. */
export function heldValues({ encoding, candidates, rareNames = [], plan = [] }: ModelContents): HeldValues[] {
  const { columns, relations = [] } = encoding
  // the values of an auxiliary column are computed from those of the column that it serves
  const owners = new Map(
    relations.flatMap((relation) =>
      auxiliaryColumns([relation]).map(({ name }) => [name, relation.column] as const),
    ),
  )
  const parts = [
    ...heldByColumns(encoding),
    ...heldByRelations(encoding),
    ...(candidates ? heldByTrees(candidates) : []),
    ...plan,
  ]
  const byNames = new Map<string, { names: readonly string[]; parts: HeldPart[] }>()
  const entryOf = (names: readonly string[]) => {
    const key = JSON.stringify(names)
    const entry = byNames.get(key) ?? { names, parts: [] }
    byNames.set(key, entry)
    return entry
  }
  for (const { name } of columns) entryOf([name])
  for (const part of parts)
    if (part.count > 0)
      entryOf([...new Set(part.columns.map((name) => owners.get(name) ?? name))]).parts.push(part)
  const entries = [...byNames.values()]
  const isWithOthers = (name: string) => entries.some(({ names }) => names.length > 1 && names.includes(name))
  return entries.map(({ names, parts }) => {
    const hasExtremes = parts.some(({ hasEnds }) => hasEnds)
    const isAllowed = names.length === 1 && rareNames.some(({ column }) => column === names[0])
    const among = [
      ...(hasExtremes ? [isOfRows(encoding) ? ends : exactEnds] : []),
      ...(isAllowed ? ['names of single rows'] : []),
    ]
    const none = isWithOthers(names[0]!) ? 'nothing but what is listed with other columns' : 'no value'
    const contents = parts.length > 0 ? listOf(countedParts(parts)) : none
    const of =
      names.length > mostNamed
        ? `${names.length} columns together`
        : listOf(names.map((name) => printable(name)))
    const sentence = `For ${of}, the model file holds ${contents}${among.length > 0 ? `, among them ${listOf(among)}` : ''}.`
    const values = parts.reduce((sum, { count }) => sum + count, 0)
    return { column: listOf(names), values, hasExtremes, sentence }
  })
}

const ends = `both ends of its range, each of three rows or more`
const exactEnds = 'the smallest and the largest of the rows'

/** Whether everything in the file is derived from three rows or more. */
const isOfRows = (encoding: Encoding) => (encoding.leastRows ?? 1) >= leastRows

/** What there is of each kind, in the order of the first. */
function countedParts(parts: readonly HeldPart[]): string[] {
  const counts = new Map<string, { noun: HeldPart['noun']; count: number }>()
  for (const { noun, count } of parts)
    counts.set(noun[1], { noun, count: (counts.get(noun[1])?.count ?? 0) + count })
  return [...counts.values()].map(({ noun, count }) => `${humanCount(count)} ${noun[count === 1 ? 0 : 1]}`)
}

function listOf(texts: readonly string[]): string {
  return texts.length > 1 ? `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}` : (texts[0] ?? '')
}

/**
 * Whether a model file holds values of single rows, by what it says itself.
 *
 * @param models - What the file holds, by model: one, or several of a `.moonstep` file.
 * @param kept - The tables whose rows are in the file.
 * @example
 * heldSentence([model.card]) // 'This file holds no value of a single row: …'
 */
export function heldSentence(
  models: readonly Pick<ModelContents, 'encoding' | 'rareNames'>[],
  kept: readonly string[] = [],
): string {
  const rows = kept.length > 0 ? `all rows of ${listOf(kept.map(printable))}` : ''
  const earlier = models.filter(({ encoding }) => !isOfRows(encoding))
  if (earlier.length > 0) {
    const found = earlier.every(({ encoding }) => isScaled(encoding))
      ? 'This file holds the smallest and the largest value of each column, as files of built-in datasets and of earlier versions do.'
      : 'An earlier version wrote this file: values of single rows may be in it.'
    return rows ? `${found} It also holds ${rows}.` : found
  }
  const rare = models.flatMap(({ rareNames = [] }) => rareNames.map(({ column }) => printable(column)))
  const allowed = rare.length > 0 ? `names of ${listOf(rare)}, which were allowed` : ''
  const except = [rows, allowed].filter((each) => each !== '')
  const but = except.length > 0 ? ` but ${listOf(except)}` : ''
  const isStated = models.some(({ encoding }) => hasStated(encoding))
  const stated = isStated ? ' Rules and formats that were stated are in it as they were written.' : ''
  return `This file holds no value of a single row${but}: whatever ${but ? 'else ' : ''}it holds is of three training rows or more.${stated}`
}

/** Whether somebody stated a rule or a format of texts, which may have constants. */
function hasStated({ columns, rules = [] }: Encoding): boolean {
  return (
    rules.length > 0 ||
    columns.some((column) => column.as === 'generated' && column.maker.by === 'form' && column.maker.isStated)
  )
}
