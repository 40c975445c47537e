import { InputError, nearest, wrongType } from '../core/errors.ts'
import { ownValue } from '../core/own.ts'
import { type ElementType, elementTypes, type ValueInfo } from '../infer/elements.ts'
import type { Session, Tensor } from '../infer/session.ts'

/**
 * A value of a network's further input: a number for every sample, an array with one for each, or a tensor whose first
 * axis is the samples (or 1, for all of them).
 */
export type InputValue =
  | number
  | ArrayLike<number>
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] }

/** Values of further inputs, by name. */
export type GivenInputs = Readonly<Record<string, InputValue>>

type Value = ValueInfo & { readonly type: ElementType }

/** A network's inputs and output, found by name and type. */
export interface Signature {
  readonly state: Value
  readonly time: Value
  /** What it takes in addition to state and time. */
  readonly others: readonly Value[]
  readonly output: ValueInfo
  /** The samples that the file fixes, if it does. */
  readonly batch: number | undefined
  /** The axes of a sample; a name where the file leaves one free. */
  readonly shape: readonly (number | string)[]
}

const stateNames = [
  'sample',
  'x',
  'x_t',
  'latent',
  'latents',
  'latent_sample',
  'noisy_sample',
  'hidden_states',
]
const timeNames = ['timestep', 't', 'timesteps', 'time', 'sigma', 'noise_level', 'noise_labels']

/** 'class_labels [batch] (int64)'. */
function describe({ name, type, shape }: ValueInfo): string {
  return `${name} [${shape.join(', ')}] (${type})`
}

/** Finds a network's inputs and output. Throws InputError if it is not a network of a state and a time. */
export function signatureOf({ inputs = [], outputs = [] }: Session, name: string): Signature {
  const all = inputs.map(describe).join(', ')
  const pick = (names: readonly string[], role: string) => {
    const [first] = names.flatMap((each) => inputs.filter((input) => input.name === each))
    if (first) return withType(first, name)
    const problem = `${name} has no input for the ${role}, such as ${names[0]}: it has ${all || 'none'}`
    throw new InputError(problem, 'bad-model')
  }
  const state = pick(stateNames, 'state')
  const time = pick(timeNames, 'time')
  const others = inputs.filter((each) => each.name !== state.name && each.name !== time.name)
  if (!state.type.startsWith('float') || state.shape.length < 2)
    throw new InputError(`${name}: the state is ${describe(state)}: give floats, samples first`, 'bad-model')
  const [output, ...more] = outputs
  if (!output || more.length > 0)
    throw new InputError(
      `${name} has ${outputs.length} outputs, ${outputs.map(describe).join(', ')}: export it with one, of the state's shape`,
      'bad-model',
    )
  withType(output, name)
  const [batch, ...shape] = state.shape
  const [, ...predicted] = output.shape
  const differs = predicted.some(
    (size, i) => typeof size === 'number' && typeof shape[i] === 'number' && size !== shape[i],
  )
  if (differs) throw otherOutput(name, predicted, shape)
  return {
    state,
    time,
    others: others.map((each) => withType(each, name)),
    output,
    batch: typeof batch === 'number' ? batch : undefined,
    shape,
  }
}

/** The output is of another shape; one of twice the channels also predicts its variance. */
export function otherOutput(
  name: string,
  predicted: readonly unknown[],
  shape: readonly unknown[],
): InputError {
  const isTwice = typeof predicted[0] === 'number' && predicted[0] === 2 * Number(shape[0])
  const reason = isTwice
    ? 'a network that also predicts its variance (learned_range) is not followed'
    : 'give a network that predicts noise, v, x_0 or a flow for each number of the state'
  return new InputError(
    `${name} outputs [${predicted.join(', ')}] for a state of [${shape.join(', ')}]: ${reason}`,
    'bad-model',
  )
}

function withType(value: ValueInfo, name: string): Value {
  const { type } = value
  if (elementTypes.includes(type as ElementType)) return value as Value
  throw new InputError(
    `${name}: ${describe(value)} can't be used: export it as float32 or float16`,
    'bad-model',
  )
}

/** Values of an input for each sample. */
interface Rows {
  readonly input: Value
  /** Values of some samples. */
  tensor(at: number, count: number): Tensor
}

/** The further inputs of `count` samples. Throws InputError on one that is unknown, missing or of another size. */
export function rowsOf(
  { others }: Signature,
  option: 'given' | 'without',
  given: GivenInputs,
  count: number,
): Rows[] {
  const names = others.map(({ name }) => name)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new InputError(
      `${option} has ${unknown}, which the network does not take${nearest(unknown, names)}: it takes ${names.join(', ') || 'only the state and the time'}`,
      'unknown-name',
      { option, value: unknown },
    )
  return others.flatMap((input): Rows[] => {
    const value = ownValue(given, input.name)
    return value === undefined ? [] : [rowsOfInput(input, option, value, count)]
  })
}

export function requireAll({ others }: Signature, rows: readonly Rows[]): void {
  const missing = others.filter(({ name }) => !rows.some(({ input }) => input.name === name))
  if (missing.length === 0) return
  const problem = `the network also takes ${missing.map(describe).join(', ')}: give it in \`given\``
  throw new InputError(problem, 'missing', { option: 'given' })
}

function rowsOfInput(input: Value, option: string, value: InputValue, count: number): Rows {
  const { name, type, shape } = input
  const problem = (is: string) =>
    new InputError(
      `${option}: ${name} ${is}, and the network takes ${describe(input)} for ${count} samples`,
      'out-of-range',
      {
        option,
        value,
      },
    )
  if (typeof value === 'number') {
    const axes = shape.slice(1)
    if (axes.some((size) => size !== 1)) throw problem('is a number')
    const ofRow = axes.map(() => 1)
    const tensor = (_: number, n: number): Tensor => {
      const dims = shape.length === 0 ? [] : [n, ...ofRow]
      return { type, dims, data: new Float32Array(shape.length === 0 ? 1 : n).fill(value) }
    }
    return { input, tensor }
  }
  const isTensor = typeof value === 'object' && value !== null && 'data' in value && 'shape' in value
  if (!isTensor && !(typeof value === 'object' && value !== null && 'length' in value))
    throw wrongType(
      `${option}.${name}`,
      value,
      'give a number, an array with one for each sample, or { data, shape }',
    )
  const data = Float32Array.from(isTensor ? value.data : value)
  const has = isTensor ? [...value.shape] : [data.length, ...shape.slice(1).map(() => 1)]
  const size = has.slice(1).reduce((product, each) => product * each, 1)
  const fits = (each: number, i: number) => i === 0 || typeof shape[i] !== 'number' || shape[i] === each
  if (has.length !== shape.length || !has.every(fits) || data.length !== has[0]! * size)
    throw problem(`is [${has.join(', ')}]`)
  const isOne = isTensor && has[0] === 1 && count !== 1
  if (has[0] !== count && !isOne) throw problem(`has ${has[0]} rows`)
  return {
    input,
    tensor(at, n) {
      const rows = new Float32Array(n * size)
      if (isOne) for (let i = 0; i < n; i++) rows.set(data, i * size)
      else rows.set(data.subarray(at * size, (at + n) * size))
      return { type, dims: [n, ...has.slice(1)], data: rows }
    },
  }
}

/** One tensor of two, the first one's samples first. Both are the same where an input has no samples. */
export function stacked(first: Tensor, second: Tensor, name: string): Tensor {
  if (first.dims.length === 0) {
    if (first.data[0] === second.data[0]) return first
    throw new InputError(
      `without: ${name} is one number for all rows, which guidance can't change`,
      'conflict',
    )
  }
  const data = new Float32Array(first.data.length + second.data.length)
  data.set(first.data)
  data.set(second.data, first.data.length)
  return { ...first, data, dims: [first.dims[0]! + second.dims[0]!, ...first.dims.slice(1)] }
}
