import { counted, humanCount } from '../../core/format.ts'
import type { CheckedKey } from '../../database/measured/follow.ts'
import type { ReferenceReport } from './references.ts'

/** A table's key in its samples. */
export interface KeyReport extends CheckedKey {
  readonly table: string
  readonly columns: readonly string[]
  readonly sentence: string
}

/** How many samples repeat their table's key, with its sentence. */
export function keyReport(
  table: string,
  columns: readonly string[],
  { rows, repeats }: CheckedKey,
): KeyReport {
  const key = `the key of ${table}, ${columns.join(', ')}`
  const sentence =
    repeats === 0
      ? `No two of ${counted(rows, 'row')} have the same values of ${key}.`
      : `${humanCount(repeats)} of ${counted(rows, 'row')} ${repeats === 1 ? 'repeats' : 'repeat'} ${key}.`
  return { table, columns, rows, repeats, sentence }
}

/** Whether a reference's rows are all there. */
export function referenceSentence({ child, parent, columns, met, missing, astray }: ReferenceReport): string {
  const all = met + missing + astray
  const name = `${child}.${columns.join(', ')}`
  const without = missing > 0 ? `, and ${humanCount(missing)} have none` : ''
  return astray === 0
    ? `${name} leads to a row of ${parent} in all of ${counted(all - missing, 'row')} that have it${without}.`
    : `${name} leads to no row of ${parent} in ${humanCount(astray)} of ${counted(all, 'row')}${without}.`
}

/** What is said of all keys: those that repeat, and that the others do not. */
export function keySentences(keys: readonly KeyReport[]): string[] {
  const repeated = keys.filter(({ repeats }) => repeats > 0)
  return repeated.length > 0 || keys.length === 0
    ? repeated.map(({ sentence }) => sentence)
    : [`No two rows of ${keys.map(({ table }) => table).join(', ')} have the same key.`]
}
