/** Names of id columns from people and programs; `Unnamed: 0` and `__index_level_0__` come from pandas. */
const idNames = [
  /^((.*[ _.-])?(id|key|uuid)|index|idx|rownames|unnamed: ?\d+|__index_level_\d+__)$/i,
  /[a-z0-9](Id|ID|Key|Uuid)$/,
]

export function isIdName(name: string): boolean {
  return idNames.some((pattern) => pattern.test(name))
}

/** With fewer rows, values may ascend or be consecutive by chance. */
const minRows = 20

/**
 * Why a column of whole numbers without gaps only numbers its rows; undefined if it doesn't. `isNamed` means that the
 * column is named like an id.
 */
export function looksLikeId(cells: Float64Array, isNamed: boolean): string | undefined {
  const count = cells.length
  if (count < minRows) return undefined
  let [min, max, isRising] = [cells[0]!, cells[0]!, true]
  for (let i = 1; i < count; i++) {
    const cell = cells[i]!
    if (!(cell > cells[i - 1]!)) isRising = false
    if (cell < min) min = cell
    if (cell > max) max = cell
  }
  const isDense = max - min + 1 <= 1.05 * count
  if (isRising)
    return isDense
      ? 'it numbers the rows: an id'
      : 'its whole numbers rise from row to row: an id or a row number'
  if (!(isDense || isNamed)) return undefined
  const sorted = cells.slice().sort()
  if (sorted.some((cell, i) => i > 0 && cell === sorted[i - 1])) return undefined
  return isDense
    ? 'its whole numbers all differ and hardly skip one: an id'
    : 'its whole numbers all differ, and it is named like an id'
}
