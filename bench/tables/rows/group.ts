import type { Ours } from '../ours.ts'
import type { Peers } from '../peers.ts'
import type { Programs } from '../programs.ts'
import type { Section } from '../score.ts'

/** What a row of the benchmark measures with. */
export interface Setting {
  readonly ours: Ours
  readonly peers: Peers
  readonly programs: Programs
  /** The maximum number of seeds, from the first. */
  readonly mostSeeds: number
  readonly log: (line: string) => void
}

export interface Group {
  readonly name: string
  readonly measure: (setting: Setting) => Section
}

/** Seeds 0, 1, 2 and so on. */
export function seedsOf({ mostSeeds }: Setting, count: number): number[] {
  return Array.from({ length: Math.min(count, mostSeeds) }, (_, seed) => seed)
}
