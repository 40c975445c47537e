import { fourthWord, philox } from '../../numerics/noise/plain.ts'
import { keyOf, streams } from '../../numerics/random.ts'
import { hashOf } from '../inference/cells.ts'

/** Random numbers of a column's cells: each a function of (seed, the column's name, index, attempt) alone. */
export interface ColumnDraws {
  /** Words that are the column's own, for a permutation. */
  readonly key: readonly [number, number]
  /** Uniform numbers in [0, 1) of one cell, one after the other, until those of another are asked for. */
  uniforms(index: number, attempt: number): () => number
}

/** The random numbers of the column of this name. */
export function columnDraws(seed: number, name: string): ColumnDraws {
  const hash = hashOf(name)
  const words = new Uint32Array(4)
  const [low, high] = keyOf(seed)
  philox(words, hash >>> 0, Math.floor(hash / 2 ** 32), 0, fourthWord(streams.generated, 0), low, high)
  const key = [words[0]!, words[1]!] as const
  const drawn = new Uint32Array(4)
  return {
    key,
    uniforms(index, attempt) {
      let next = 0
      return () => {
        if (next % 4 === 0)
          philox(drawn, next / 4, attempt, index >>> 0, Math.floor(index / 2 ** 32), key[0], key[1])
        return drawn[next++ % 4]! * 2 ** -32
      }
    },
  }
}
