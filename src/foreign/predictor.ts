import { InputError, messageOf } from '../core/errors.ts'
import type { NoisePredictor } from '../diffusion/process.ts'
import type { Session, Tensor } from '../infer/session.ts'
import type { Points } from '../numerics/points.ts'
import { otherOutput, type rowsOf, type Signature, stacked } from './inputs.ts'

type Rows = ReturnType<typeof rowsOf>

/** A network with what it is given. */
export interface Guided {
  readonly session: Session
  readonly signature: Signature
  /** The file's name, for messages. */
  readonly name: string
  /** The axes of a sample. */
  readonly shape: readonly number[]
  readonly given: Rows
  /** What a call without the condition is given, for guidance. */
  readonly without?: Rows | undefined
  readonly guidance: number
}

/**
 * A session as what predicts, for the samples from `at` on. With guidance, a doubled batch gives u without the condition and
 * c with it, of which it takes u + guidance (c - u): Ho and Salimans, "Classifier-free diffusion guidance" (2022).
 */
export function predictorOf(guided: Guided, at: number, count: number): NoisePredictor {
  const { session, signature, name, shape, given, without, guidance } = guided
  const { state, time, batch, output } = signature
  const further = Object.fromEntries(
    given.map((rows, i) => {
      const conditional = rows.tensor(at, count)
      const other = without?.[i]
      return [
        rows.input.name,
        other ? stacked(other.tensor(at, count), conditional, rows.input.name) : conditional,
      ]
    }),
  )
  const rows = without ? 2 * count : count
  const padded = batch ?? rows
  const feeds = Object.fromEntries(
    Object.entries(further).map(([key, each]) => [key, withRows(each, rows, padded)]),
  )
  return {
    async predict({ data, dim }, t): Promise<Points> {
      const twice: Tensor = { data, dims: [count, ...shape], type: state.type }
      const states = withRows(without ? stacked(twice, twice, state.name) : twice, rows, padded)
      const wanted = { ...feeds, [state.name]: states, [time.name]: timesOf(time, t as number, padded) }
      const results = await session.run(wanted, [output.name]).catch((error) => {
        throw outOfTable(error, further) ?? error
      })
      const all = results[output.name]!
      if (all.length !== padded * dim)
        throw otherOutput(name, [all.length / padded / (dim / shape[0]!), ...shape.slice(1)], shape)
      if (!without) return { data: all.subarray(0, count * dim), count, dim }
      const guidedBy = new Float32Array(count * dim)
      const [u, c] = [all, all.subarray(count * dim)]
      for (let i = 0; i < guidedBy.length; i++) guidedBy[i] = u[i]! + guidance * (c[i]! - u[i]!)
      return { data: guidedBy, count, dim }
    },
  }
}

/** More rows for a file of a fixed batch, by repeating the last; their results are not used. */
function withRows(tensor: Tensor, rows: number, wanted: number): Tensor {
  if (rows === wanted || tensor.dims[0] !== rows) return tensor
  const size = tensor.data.length / rows
  const data = new Float32Array(wanted * size)
  data.set(tensor.data)
  for (let i = rows; i < wanted; i++) data.copyWithin(i * size, (rows - 1) * size, rows * size)
  return { ...tensor, data, dims: [wanted, ...tensor.dims.slice(1)] }
}

/** The time as the network takes it: a number, [1], [batch] or [batch, 1]. */
function timesOf({ type, shape }: Signature['time'], t: number, rows: number): Tensor {
  const dims = shape.map((size, i) => (i === 0 && size !== 1 ? rows : 1))
  return { type, dims, data: new Float32Array(dims[0] ?? 1).fill(t) }
}

/** onnxruntime's message about an index beyond a table of embeddings, as one about the input that has it. */
function outOfTable(error: unknown, further: Readonly<Record<string, Tensor>>): InputError | undefined {
  const [, index, , most] =
    /idx=(-?\d+) must be within the inclusive range \[(-?\d+),(\d+)\]/.exec(messageOf(error)) ?? []
  if (index === undefined) return undefined
  const names = Object.entries(further).filter(([, { data }]) => data.includes(Number(index)))
  const name = names.length === 1 ? names[0]![0] : 'an input'
  return new InputError(
    `${name} has ${index}: the network takes whole numbers from 0 to ${most}`,
    'out-of-range',
    { option: 'given' },
  )
}
