/** What a sign says of the value after it, as a range has it. */
export type Key = 'in' | 'not' | 'from' | 'to' | 'above' | 'below'

export const signs: Readonly<Record<string, Key>> = {
  '=': 'in',
  '!=': 'not',
  '>=': 'from',
  '<=': 'to',
  '>': 'above',
  '<': 'below',
}

/** A sign's meaning with its sides exchanged. */
export const mirrored: Readonly<Record<Key, Key>> = {
  in: 'in',
  not: 'not',
  from: 'to',
  to: 'from',
  above: 'below',
  below: 'above',
}
