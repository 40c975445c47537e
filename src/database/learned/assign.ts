/**
 * Gives each row a different slot so that the sum of the costs is least (the shortest augmenting paths of Jonker and Volgenant
 * 1987, in the form of Crouse 2016).
 *
 * @param cost - [rows, slots], row by row, with at least as many slots as rows.
 * @returns By row, its slot.
 * @example
 * assign(Float64Array.of(1, 2, 2, 4), 2, 2) // Int32Array [1, 0]
 */
export function assign(cost: Float64Array, rows: number, slots: number): Int32Array {
  const ofRow = new Float64Array(rows)
  const ofSlot = new Float64Array(slots)
  const slotOf = new Int32Array(rows).fill(-1)
  const rowOf = new Int32Array(slots).fill(-1)
  const path = new Int32Array(slots)
  const shortest = new Float64Array(slots)
  for (let first = 0; first < rows; first++) {
    const [seenRows, isDone] = [new Uint8Array(rows), new Uint8Array(slots)]
    shortest.fill(Number.POSITIVE_INFINITY)
    let [least, row, end] = [0, first, -1]
    while (end < 0) {
      seenRows[row] = 1
      let [next, best] = [-1, Number.POSITIVE_INFINITY]
      for (let j = 0; j < slots; j++) {
        if (isDone[j]) continue
        const reached = least + cost[row * slots + j]! - ofRow[row]! - ofSlot[j]!
        if (reached < shortest[j]!) {
          path[j] = row
          shortest[j] = reached
        }
        if (shortest[j]! < best || (shortest[j] === best && rowOf[j]! < 0)) {
          best = shortest[j]!
          next = j
        }
      }
      least = best
      isDone[next] = 1
      if (rowOf[next]! < 0) end = next
      else row = rowOf[next]!
    }
    ofRow[first]! += least
    for (let i = 0; i < rows; i++) if (seenRows[i] && i !== first) ofRow[i]! += least - shortest[slotOf[i]!]!
    for (let j = 0; j < slots; j++) if (isDone[j]) ofSlot[j]! -= least - shortest[j]!
    for (let j = end; ; ) {
      const i = path[j]!
      rowOf[j] = i
      const before = slotOf[i]!
      slotOf[i] = j
      if (i === first) break
      j = before
    }
  }
  return slotOf
}
