import type { Column } from '../table.ts'
import { canDoWithout } from './fallback.ts'

/** What a model needs faker for. */
export interface FakerNeed {
  /** The version of the package that makes its texts; null if the file names none. */
  readonly version: string | null
  readonly columns: readonly string[]
  /** The columns that samples lack without faker. */
  readonly leftOut: readonly string[]
}

/** What columns need faker for; undefined if none does. */
export function fakerNeedOf(columns: readonly Column[]): FakerNeed | undefined {
  const made = columns.flatMap(({ name, maker }) =>
    maker?.by === 'faker' && !maker.withoutFaker ? [{ name, maker }] : [],
  )
  if (made.length === 0) return undefined
  return {
    version: made.find(({ maker }) => maker.version !== undefined)?.maker.version ?? null,
    columns: made.map(({ name }) => name),
    leftOut: made.flatMap(({ name, maker }) => (canDoWithout(maker) ? [] : [name])),
  }
}
