import { InputError } from '../core/errors.ts'
import type { SampleOptions } from '../infer/model.ts'

/**
 * ['sex=female'] as values by column, split at the first =, since a value may contain one. An empty value is a missing
 * cell.
 */
export function givenOf(pairs: readonly string[] | undefined): SampleOptions['given'] {
  if (pairs === undefined) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1)
        throw new InputError(`--given ${pair}: give a column and its value, such as sex=female`, 'wrong-type')
      const value = pair.slice(at + 1)
      return [pair.slice(0, at).trim(), value.trim() === '' ? null : value]
    }),
  )
}
