import type { ModelInternals } from '../../infer/model.ts'
import { drawRows, type RowDraw } from './draw-rows.ts'
import { type Filled, gathered } from './filled.ts'

/** How often rows that repeat a key or break a rule are drawn. */
export const mostAttempts = 64

/** The distance between a row's numbers of further attempts. */
const attemptStep = 2 ** 40

/**
 * Draws rows of which none is refused; a row that is refused is drawn again.
 *
 * @returns The rows, and those that are refused after all.
 */
export async function drawDistinct(
  model: ModelInternals,
  context: readonly Filled[],
  numbers: Float64Array,
  options: RowDraw,
  isRefused: ((rows: readonly Filled[], k: number, i: number) => boolean) | undefined,
): Promise<{ rows: Filled[]; refused: readonly number[] }> {
  if (numbers.length === 0) return { rows: [], refused: [] }
  const rows = await drawRows(model, context, numbers, options)
  if (!isRefused) return { rows, refused: [] }
  let refused = [...numbers.keys()].filter((i) => isRefused(rows, i, i))
  for (let attempt = 1; refused.length > 0 && attempt < mostAttempts; attempt++) {
    options.signal?.throwIfAborted()
    const some = refused
    const again = await drawRows(
      model,
      context.map((each) => gathered(each, some)),
      Float64Array.from(some, (i) => (numbers[i]! + attempt * attemptStep) % Number.MAX_SAFE_INTEGER),
      options,
    )
    for (const [d, { cells }] of rows.entries())
      for (const [k, i] of some.entries()) cells[i] = again[d]!.cells[k]!
    refused = some.filter((i) => isRefused(rows, i, i))
  }
  return { rows, refused }
}

/**
 * Returns a function that says whether a row repeats the key of an earlier one of its family, and keeps it if not; undefined if the
 * key has a column that is not drawn with the row.
 */
export function repeatsIn(
  key: readonly string[],
  taken: Map<string, Set<string>>,
  familyOfRow: (i: number) => string,
): ((rows: readonly Filled[], k: number, i: number) => boolean) | undefined {
  if (key.length === 0) return undefined
  return (rows, k, i) => {
    const cells = key.map((name) => rows.find(({ column }) => column.name === name)?.cells[k])
    if (cells.includes(undefined)) return false
    const family = familyOfRow(i)
    const own = taken.get(family) ?? new Set()
    const text = cells.join()
    if (own.has(text)) return true
    taken.set(family, own.add(text))
    return false
  }
}
