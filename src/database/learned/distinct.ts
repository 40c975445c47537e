/** Keys that differ. */
import type { TableColumn } from '../../table/table.ts'

/**
 * Gives rows that repeat their key the next one that is free, counted up as the digits of a number are: its names in their order, and
 * then its whole number, if it has one.
 *
 * @param fixed - Columns that stay as they are.
 * @returns The rows with these keys, and those of them that still repeat one: all of its names are taken, and it has no number.
 */
export function withFreeKeys(
  repeating: readonly TableColumn[],
  refused: readonly number[],
  key: readonly string[],
  fixed: readonly string[],
): { readonly rows: readonly TableColumn[]; readonly refused: readonly number[] } {
  if (refused.length === 0) return { rows: repeating, refused }
  const rows = repeating.map((each) =>
    key.includes(each.name) ? { ...each, cells: each.cells.slice() } : each,
  )
  const inKey = rows.filter(({ name }) => key.includes(name))
  const free = inKey.filter(({ name }) => !fixed.includes(name))
  const digits = [
    ...free.filter(({ categories }) => categories),
    ...free.filter(({ kind }) => kind === 'integer').slice(0, 1),
  ]
  if (digits.length === 0) return { rows, refused }
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
  const full = refused.filter((k) => {
    const first = text(k)
    while (taken.has(text(k))) {
      advance(k)
      if (text(k) === first) return true
    }
    taken.add(text(k))
    return false
  })
  return { rows, refused: full }
}

/** The keys of rows so far, of each group by itself. */
export type DrawnKeys = NonNullable<ReturnType<typeof drawnKeys>>

/**
 * The keys of a table's rows; undefined if a key has no columns.
 *
 * @param number - A whole number of the key, which may be counted up.
 */
export function drawnKeys(key: readonly string[], number?: string) {
  if (key.length === 0) return undefined
  const taken = new Map<string, Set<string>>()
  const columnsOf = (rows: readonly TableColumn[]) =>
    key.flatMap((name) => rows.find((each) => each.name === name) ?? [])
  /** The key of row k; undefined if not all of its columns are drawn. */
  const textOf = (rows: readonly TableColumn[], k: number) => {
    const columns = columnsOf(rows)
    return columns.length === key.length ? columns.map(({ cells }) => cells[k]).join() : undefined
  }
  const has = (rows: readonly TableColumn[], k: number, group: string): boolean =>
    taken.get(group)?.has(textOf(rows, k) ?? '') === true
  return {
    has,
    /** Counts a whole number of the key up to the next that is free, if the key has one. */
    free(rows: readonly TableColumn[], k: number, group: string): void {
      const cells = columnsOf(rows).find(({ name }) => name === number)?.cells
      if (cells && !Number.isNaN(cells[k]!)) while (has(rows, k, group)) cells[k]!++
    },
    keep(rows: readonly TableColumn[], k: number, group: string): void {
      const text = textOf(rows, k)
      if (text === undefined) return
      taken.set(group, (taken.get(group) ?? new Set()).add(text))
    },
  }
}
