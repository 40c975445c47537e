import {
  InputError,
  nearest,
  requireInteger,
  requireNumber,
  requireOneOf,
  shown,
  wrongType,
} from './errors.ts'

/** Throws InputError unless the option may have the value. */
export type Check = (option: string, value: unknown) => void

/** A function's options by name, with their checks. */
export type OptionChecks<O = object> = { readonly [N in keyof O]-?: Check }

/**
 * Checks the options of a public function: that they are an object, that each name exists (the error suggests
 * the nearest), and that each value is allowed. Undefined counts as not given. Returns the options.
 */
export function checkOptions<O>(
  functionName: string,
  options: unknown,
  checks: OptionChecks<O>,
  required: readonly (keyof O & string)[] = [],
): O {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const remedy = `give an object of its options, ${Object.keys(checks).join(', ')}`
    throw wrongType(`the argument of ${functionName}`, options, remedy)
  }
  const values = options as Readonly<Record<string, unknown>>
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(checks, name)) continue
    const names = Object.keys(checks)
    const remedy = nearest(name, names) || `: ${functionName} takes ${names.join(', ')}`
    const about = { option: name, value: values[name] }
    throw new InputError(`unknown option ${shown(name)}${remedy}`, 'unknown-option', about)
  }
  const checkOf = checks as Readonly<Record<string, Check>>
  for (const name of required) if (values[name] === undefined) checkOf[name]!(name, undefined)
  for (const name of Object.keys(values)) if (values[name] !== undefined) checkOf[name]!(name, values[name])
  return options as O
}

/** Any value; checked later by the function itself. */
export const anything: Check = () => {}

export const integer =
  (low: number, high: number): Check =>
  (option, value) =>
    requireInteger(option, value, low, high)

export const number =
  (low: number, high = Number.POSITIVE_INFINITY): Check =>
  (option, value) =>
    requireNumber(option, value, low, high)

export const oneOf =
  (names: readonly string[]): Check =>
  (option, value) =>
    requireOneOf(option, value, names)

const ofType =
  (type: string, remedy: string): Check =>
  (option, value) => {
    if (typeof value !== type) throw wrongType(option, value, remedy)
  }

export const text = ofType('string', 'give a string')
export const flag = ofType('boolean', 'give true or false')
export const callback = ofType('function', 'give a function')

/** An array; items are checked when used. */
export const list =
  (items: string): Check =>
  (option, value) => {
    if (!Array.isArray(value)) throw wrongType(option, value, `give an array of ${items}`)
  }

export const abortSignal: Check = (option, value) => {
  if (typeof value !== 'object' || value === null || !('aborted' in value))
    throw wrongType(option, value, 'give an AbortSignal')
}
