import type { Team } from '../team.ts'
import type { Row } from './row.ts'

export interface Setting {
  readonly team: Team
  /** The number of measurements per contestant; fast ones may be measured more often. */
  readonly rounds: number
  /** A temporary folder. */
  readonly folder: string
  /** The training points, 1000 of two moons, as a CSV file. */
  readonly data: string
  readonly log: (line: string) => void
}

/** Rows that are measured together. */
export type Group = (setting: Setting) => Promise<Row[]>

/** All contestants get the same number of threads. */
export const threadCounts = [2, 1] as const

export const seed = 'models/two-moons-seed'
/** The rows of a chunk, a size that suits both Python's onnxruntime and ours. */
export const chunk = 4000
