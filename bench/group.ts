import type { Pool } from './pool/pool.ts'
import type { Row } from './row.ts'

export interface Setting {
  readonly pool: Pool
  /** The number of measurements of each contestant; fast ones may be measured more often. At most as many seeds. */
  readonly rounds: number
  /** A temporary folder. */
  readonly folder: string
  /** A CSV file of two moons, for ours and the peers to train on. */
  readonly moons: string
  readonly log: (line: string) => void
}

export type MeasureRows = (setting: Setting) => Promise<Row[]>

/** Rows that are measured together, most within a quarter of an hour. */
export interface Group {
  readonly name: string
  readonly measure: MeasureRows
  /** Whether it takes an hour, and runs only if it is named. */
  readonly isLong?: boolean
  /** Further files that the rows go into. */
  readonly files?: (rows: readonly Row[]) => (readonly [path: string, content: string])[]
}

/** Groups of one page: docs/NAME.md with the results in docs/NAME.json. */
export interface Page {
  readonly name: string
  /** The folder of docs that has the page. Default: docs itself. */
  readonly folder?: string
  readonly groups: readonly Group[]
  /** The decimals of its figures; without them, figures have three digits. */
  readonly decimals?: number
}

/** The model of the post, with the seed's script. */
export const seed = 'models/two-moons-seed'
export const sampler = `${seed}/sampler.onnx`

/** The training seeds 0, 1, 2 and so on: as many as a row needs, but no more than there are rounds. */
export function seedsOf({ rounds }: Pick<Setting, 'rounds'>, count: number): number[] {
  return Array.from({ length: Math.min(count, rounds) }, (_, index) => index)
}
