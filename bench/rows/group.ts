import type { Team } from '../team.ts'
import type { Row } from './row.ts'

export interface Setting {
  readonly team: Team
  /** How often each contestant is measured; what takes no time may be measured more often. */
  readonly rounds: number
  /** A folder that is gone at the end. */
  readonly folder: string
  /** The training points, 1000 of two moons, as a CSV file. */
  readonly data: string
  readonly log: (line: string) => void
}

/** Rows that are measured together. */
export type Group = (setting: Setting) => Promise<Row[]>

/** What is compared has as many threads. */
export const threadCounts = [2, 1] as const

export const seed = 'models/two-moons-seed'
/** Rows of a chunk that suits Python's onnxruntime as well as ours. */
export const chunk = 4000
