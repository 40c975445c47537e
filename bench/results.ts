import type { Curve } from './growth/curves.ts'
import type { Row } from './rows/row.ts'

/** All that a run measured: docs/performance.json. */
export interface Results {
  readonly command: string
  readonly machine: Readonly<Record<string, string>>
  readonly groups: readonly { readonly name: string; readonly rows: readonly Row[] }[]
  readonly growth: readonly Curve[]
}
