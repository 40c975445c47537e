import type { ModelInternals } from '../../infer/model.ts'
import { gathered } from '../../table/columns.ts'
import type { TableColumn } from '../../table/table.ts'
import { drawRows, type RowDraw } from './draw-rows.ts'

/** How often rows that repeat a key or break a rule are drawn. */
export const mostAttempts = 64

/** The most rows of several attempts that are drawn at once. */
const mostAtOnce = 256

/** The distance between a row's numbers of further attempts. */
const attemptStep = 2 ** 40

/**
 * Draws rows of which none is refused; a row that is refused is drawn again.
 *
 * @returns The rows, and those that are refused after all.
 */
export async function drawDistinct(
  model: ModelInternals,
  context: readonly TableColumn[],
  numbers: Float64Array,
  options: RowDraw,
  isRefused: ((rows: readonly TableColumn[], k: number, i: number, isLast: boolean) => boolean) | undefined,
): Promise<{ rows: TableColumn[]; refused: readonly number[] }> {
  if (numbers.length === 0) return { rows: [], refused: [] }
  const numberOf = (i: number, attempt: number) =>
    (numbers[i]! + attempt * attemptStep) % Number.MAX_SAFE_INTEGER
  const rows = await drawRows(model, context, numbers, options)
  if (!isRefused) return { rows, refused: [] }
  let refused = [...numbers.keys()].filter((i) => isRefused(rows, i, i, false))
  let atOnce = 1
  for (let attempt = 1; refused.length > 0 && attempt < mostAttempts; attempt += atOnce, atOnce *= 2) {
    options.signal?.throwIfAborted()
    const some = refused
    // a few rows cost as much as a single one: what is left is drawn several times at once
    atOnce = Math.min(atOnce, mostAttempts - attempt, Math.max(1, Math.floor(mostAtOnce / some.length)))
    const attempts = Array.from({ length: atOnce }, (_, a) => attempt + a)
    const inAll = attempts.flatMap(() => some)
    const again = await drawRows(
      model,
      context.map((each) => gathered(each, inAll)),
      Float64Array.from(attempts.flatMap((each) => some.map((i) => numberOf(i, each)))),
      options,
    )
    const places = new Map(some.map((i, place) => [i, place]))
    for (const [a, each] of attempts.entries())
      refused = refused.filter((i) => {
        const k = a * some.length + places.get(i)!
        for (const [d, { cells }] of rows.entries()) cells[i] = again[d]!.cells[k]!
        return isRefused(rows, i, i, each === mostAttempts - 1)
      })
  }
  return { rows, refused }
}

/**
 * Gives rows that repeat their key the next one that is free, counted up as the digits of a number are: its names in their order, and
 * then its whole number, if it has one.
 *
 * @param fixed - Columns that stay as they are.
 * @returns The rows that still repeat one: all of its names are taken, and it has no number.
 */
export function withFreeKeys(
  rows: readonly TableColumn[],
  refused: readonly number[],
  key: readonly string[],
  fixed: readonly string[],
): number[] {
  const inKey = rows.filter(({ name }) => key.includes(name))
  const free = inKey.filter(({ name }) => !fixed.includes(name))
  const digits = [
    ...free.filter(({ categories }) => categories),
    ...free.filter(({ kind }) => kind === 'integer').slice(0, 1),
  ]
  if (digits.length === 0) return [...refused]
  const text = (k: number) => inKey.map(({ cells }) => cells[k]).join()
  const isRefused = new Set(refused)
  const all = Array.from(rows[0]!.cells.keys())
  const taken = new Set(all.filter((k) => !isRefused.has(k)).map(text))
  const advance = (k: number) => {
    for (const { categories, cells } of digits) {
      cells[k] = (cells[k]! + 1) % (categories?.length ?? Number.POSITIVE_INFINITY)
      if (cells[k] !== 0) return
    }
  }
  return refused.filter((k) => {
    const first = text(k)
    while (taken.has(text(k))) {
      advance(k)
      if (text(k) === first) return true
    }
    taken.add(text(k))
    return false
  })
}

/**
 * Returns a function that says whether a row repeats the key of an earlier one of its family, and keeps it if not; undefined if the
 * key has no column that is drawn.
 *
 * @param number - A whole number of the key: a row that repeats one at its last attempt takes the next number that is free.
 */
export function repeatsIn(
  key: readonly string[],
  number?: string,
): ((rows: readonly TableColumn[], k: number, family: string, isLast: boolean) => boolean) | undefined {
  if (key.length === 0) return undefined
  const taken = new Map<string, Set<string>>()
  return (rows, k, family, isLast) => {
    const columns = key.map((name) => rows.find((each) => each.name === name))
    if (columns.includes(undefined)) return false
    const keys = taken.get(family) ?? new Set()
    const text = () => columns.map((each) => each!.cells[k]).join()
    const numbers = isLast && columns[key.indexOf(number ?? '')]?.cells
    if (numbers && !Number.isNaN(numbers[k]!)) while (keys.has(text())) numbers[k]!++
    if (keys.has(text())) return true
    taken.set(family, keys.add(text()))
    return false
  }
}
