/** The heads of networks: each is a file and a line here. */
import { bounded } from './bounded.ts'
import { estimate } from './estimate.ts'
import type { Head } from './head.ts'
import { raw } from './raw.ts'

/** The heads of networks; a new one is a file and a line here. */
const heads = { raw, estimate, bounded } satisfies Record<string, Head>

export type HeadName = keyof typeof heads

export const headNames = Object.keys(heads) as HeadName[]

export function headOf({ head }: { readonly head: HeadName }): Head {
  return heads[head]
}
