import { InputError } from '../core/errors.ts'

/** '100,100,20' as numbers. Errors: a part that is no number. */
export function numberList(option: string, text: string): number[] {
  return text.split(',').map((part) => {
    const value = part.trim() === '' ? Number.NaN : Number(part)
    if (!Number.isFinite(value))
      throw new InputError(`${option} ${text}: '${part}' is no number: give a list such as 10,7,3`)
    return value
  })
}
