/** Categories, by their places, with what their rows have of a number. */
export interface Pool {
  readonly places: readonly number[]
  readonly of: readonly number[]
}

/** Neighbours of some categories together, in pools of at least `rows` rows; in one that is smaller if all have fewer. */
export function together(categories: readonly Pool[], rows: number): Pool[] {
  const joined = (a: Pool, b: Pool) => ({ places: [...a.places, ...b.places], of: [...a.of, ...b.of] })
  const pools: Pool[] = []
  for (const each of categories) {
    const last = pools.at(-1)
    if (last && last.of.length < rows) pools[pools.length - 1] = joined(last, each)
    else pools.push(each)
  }
  const [before, last] = pools.slice(-2)
  return last && before && last.of.length < rows ? [...pools.slice(0, -2), joined(before, last)] : pools
}
