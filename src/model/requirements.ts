/** What rows must meet: a model's rules, and the ranges of a draw's conditions; and the cells that are drawn from a row's index for it. */
import { InputError } from '../core/errors.ts'
import { counted, humanCount } from '../core/format.ts'
import { fillUniforms, keyOf, streams } from '../numerics/random.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import { permutation } from '../table/generated/permutation.ts'
import { hashOf } from '../table/inference/cells.ts'
import type { Known, KnownOfRow } from '../table/known.ts'
import {
  type Bounds,
  boundsOf,
  boundsOfCell,
  type ColumnRange,
  describeRange,
} from '../table/rules/column-range.ts'
import { columnsOf, describeRule, type RowTest, type Rule, ruleTest } from '../table/rules/index.ts'
import { startWithin } from '../table/rules/start.ts'
import { combinationsOf } from '../table/rules/unique.ts'

/** A rule or condition as a user writes it, and whether a row meets it. */
export interface Requirement {
  readonly text: string
  /** The indices of its columns. */
  readonly columns: readonly number[]
  readonly isMet: RowTest
}

/** What every row of a draw must meet. */
export interface Requirements {
  readonly tests: readonly Requirement[]
  /** Cells that a row's index gives, so that the network draws the rest of the row to match. */
  readonly fixed: readonly FixedCells[]
}

interface FixedCells {
  /** The columns' indices. */
  readonly columns: readonly number[]
  /** The columns' cells in the row of this index, at this attempt. Throws InputError where there is none. */
  cells(seed: number, index: number, attempt: number): readonly number[]
}

/** With fewer rows within a range than this share, they begin there, even where other cells are known. */
const rareShare = 0.02

/** What the rules of a model require; combinations of many rows take a while to prepare. */
const ofModels = new WeakMap<Encoding, Requirements>()

/**
 * What each row of a draw must meet. It is no part of a model's description, so that a page of points need not load it.
 *
 * @param encoding - The model's encoding.
 * @param known - The known cells of each row, if there are some, and the ranges of others.
 * @returns Undefined if there is nothing to meet. Throws InputError on a range that does not fit its column.
 */
export function requirementsOf(encoding: Encoding, known: Partial<KnownOfRow>): Requirements | undefined {
  const ofRules = ofModels.get(encoding) ?? requirementsOfRules(encoding)
  ofModels.set(encoding, ofRules)
  const { ranges = [], missing } = known
  const tests = ranges.map((range) => ({
    ...requirementIn(encoding)({ kind: 'range', isSet: true, ...range }),
    text: describeRange(range),
  }))
  const start = startOf(encoding, ranges, known)
  const limits = limitsOf(encoding, ranges, known)
  const unique = limits.size > 0 || missing?.size ? uniqueCells(encoding, limits, missing) : ofRules.fixed
  const all = { tests: [...ofRules.tests, ...tests], fixed: [...unique, ...(start ? [start] : [])] }
  return all.tests.length > 0 || all.fixed.length > 0 ? all : undefined
}

/** What a model's rules require of every row. */
function requirementsOfRules(encoding: Encoding): Requirements {
  const tests = (encoding.rules ?? []).filter(({ kind }) => kind !== 'unique').map(requirementIn(encoding))
  return { tests, fixed: uniqueCells(encoding) }
}

const requirementIn =
  ({ columns }: Encoding) =>
  (rule: Rule): Requirement => ({
    text: describeRule(rule),
    columns: columnsOf(rule).map((name) => columns.findIndex((column) => column.name === name)),
    isMet: ruleTest(rule, columns),
  })

/** The rarest range, from whose own distribution on the card rows begin: that of the others follows. */
function startOf(
  { columns, relations }: Encoding,
  ranges: readonly ColumnRange[],
  { cells, missing }: Partial<Known>,
): FixedCells | undefined {
  const starts = ranges.flatMap((condition) => {
    const d = columns.findIndex(({ name }) => name === condition.column)
    const start = startWithin(columns[d]!, boundsOf(condition, columns[d]!), relations)
    return start ? [{ d, ...start }] : []
  })
  const rarest = starts.toSorted((a, b) => a.share - b.share)[0]
  const isAnyKnown = cells?.some((column) => column.some((cell) => !Number.isNaN(cell))) ?? false
  const hasKnown = isAnyKnown || (missing?.size ?? 0) > 0
  // beside other known cells, the column's own distribution is not the one within its range
  if (!rarest || (hasKnown && rarest.share >= rareShare)) return undefined
  const uniform = new Float64Array(1)
  return {
    columns: [rarest.d],
    cells(seed, index, attempt) {
      fillUniforms(uniform, { seed, stream: streams.starts, step: attempt, start: index, count: 1, dim: 1 })
      return [rarest.cell(uniform[0]!)]
    },
  }
}

/** The bounds of columns with a range, or a cell that all rows of a draw have, by the columns' indices. */
function limitsOf(
  { columns }: Encoding,
  ranges: readonly ColumnRange[],
  { count, cells = [] }: Partial<Known>,
): ReadonlyMap<number, Bounds> {
  const limits = new Map<number, Bounds>()
  for (const range of ranges) {
    const d = columns.findIndex(({ name }) => name === range.column)
    limits.set(d, boundsOf(range, columns[d]!))
  }
  if (count !== 1) return limits
  for (const [d, [cell]] of cells.entries()) if (!Number.isNaN(cell!)) limits.set(d, boundsOfCell(cell!))
  return limits
}

/**
 * The cells of columns that rules want to be unique together, unless one is made so: a permutation of their combinations, within
 * limits. A row with a missing value is like no other.
 */
function uniqueCells(
  { columns, rules = [] }: Encoding,
  limits?: ReadonlyMap<number, Bounds>,
  missing?: ReadonlySet<number>,
): FixedCells[] {
  return rules.flatMap((rule): FixedCells[] => {
    if (rule.kind !== 'unique') return []
    const places = rule.columns.map((name) => columns.findIndex((column) => column.name === name))
    const isMade = (d: number) => columns[d]!.as === 'key' || columns[d]!.as === 'generated'
    if (places.some((d) => isMade(d) || missing?.has(d))) return []
    const { count, cells } = combinationsOf(rule, columns, limits)
    const text = describeRule(rule)
    const hash = hashOf(text)
    let last: { seed: number; place: (index: number) => number } | undefined
    return [
      {
        columns: places,
        cells(seed, index) {
          if (index >= count)
            throw new InputError(
              `rule ${text}: there ${count === 1 ? 'is' : 'are'} ${counted(count, 'combination')}, and row ${humanCount(index + 1)} needs another: draw fewer rows`,
              'out-of-range',
            )
          if (last?.seed !== seed) {
            const [low, high] = keyOf(seed)
            last = {
              seed,
              place: permutation(count, [low ^ (hash >>> 0), high ^ Math.floor(hash / 2 ** 32)]),
            }
          }
          return cells(last.place(index))
        },
      },
    ]
  })
}
