/** Numbers for `count` samples from `start`: the rest of the generator's counter and its key. */
export interface Draw {
  readonly key: readonly [number, number]
  readonly stream: number
  readonly step: number
  readonly start: number
  readonly count: number
  readonly dim: number
}

/** A 32-bit word as a number strictly between 0 and 1. */
export function unitInterval(word: number): number {
  return (word + 0.5) * 2 ** -32
}
