import { pointsFromRows } from '../core/points.ts'
import { reasonOf, type Session, type Tensor, tensorOf } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import { elementCount } from '../model/weights.ts'
import { comparePairs } from './parity.ts'
import type { GoldenReport } from './report.ts'
import { type Bounds, rootMeanSquare, scaleOf } from './tolerance.ts'

/** What a session was asked for, checked for what a list of numbers would hide. */
export interface Outputs {
  /** The tensors that are there, and of float32. */
  readonly tensors: Readonly<Record<string, Float32Array>>
  /** What is wrong with the outputs, or that the run failed: a line each. */
  readonly problems: readonly string[]
  /** Whether the run failed. */
  readonly failed: boolean
}

/** Runs a session; a failure is a result, not an error. `shapes` are of the outputs to ask for. */
export async function runChecked(
  session: Session,
  feeds: Readonly<Record<string, Tensor>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): Promise<Outputs> {
  const names = Object.keys(shapes)
  let results: Readonly<Record<string, unknown>>
  try {
    results = await session.run(feeds, names)
  } catch (error) {
    return { tensors: {}, problems: [`it fails to run: ${reasonOf(error)}`], failed: true }
  }
  const checked = names.map((name) => ({
    name,
    value: results[name],
    problem: problemOf(results[name], name, shapes[name]!),
  }))
  return {
    tensors: Object.fromEntries(
      checked.flatMap(({ name, value }) => (value instanceof Float32Array ? [[name, value]] : [])),
    ),
    problems: checked.flatMap(({ problem }) => problem ?? []),
    failed: false,
  }
}

function problemOf(value: unknown, name: string, shape: readonly number[]): string | undefined {
  if (value === undefined) return `its output ${name} is missing`
  if (!(value instanceof Float32Array)) return `its output ${name} is ${typeOf(value)}, not float32`
  if (value.length === elementCount(shape)) return undefined
  return `its output ${name} has ${value.length} numbers for the shape [${shape}]`
}

/** 'float64' of a Float64Array. */
function typeOf(value: unknown): string {
  const name = (value as object | null)?.constructor?.name ?? typeof value
  return name.replace(
    /^(Float|Int|Uint)(\d+)Array$/,
    (_, kind: string, bits) => `${kind.toLowerCase()}${bits}`,
  )
}

/**
 * Runs the card's golden vectors on a session, as loading does, but by the bounds of the comparison: a provider
 * that is asked for no more than TF32 doesn't fail for having no more.
 */
export async function runGolden(session: Session, card: ModelCard, bounds: Bounds): Promise<GoldenReport> {
  const { feeds, output, shape, expected } = card.sampler ? goldenProcess(card) : goldenCalls(card)
  const { tensors } = await runChecked(session, feeds, { [output]: shape })
  const pair = { actual: tensors[output], expected, scale: scaleOf(rootMeanSquare(expected)) }
  const { pass, maxAbs } = comparePairs([pair], card.sampler ? bounds.process : bounds.call)
  return { pass, worst: maxAbs }
}

interface Golden {
  readonly feeds: Record<string, Tensor>
  readonly output: string
  readonly shape: readonly number[]
  readonly expected: Float32Array
}

function goldenCalls({ golden, predictionType }: ModelCard): Golden {
  const x_t = pointsFromRows(golden.map((call) => call.x_t))
  const t = Float32Array.from(golden, (call) => call.t)
  return {
    feeds: { x_t: tensorOf(x_t), t: { data: t, dims: [t.length, 1] } },
    output: predictionType,
    shape: [x_t.count, x_t.dim],
    expected: Float32Array.from(golden.flatMap(({ output }) => output)),
  }
}

function goldenProcess({ goldenSample }: ModelCard): Golden {
  const { x_T, noise, x_0 } = goldenSample!
  const points = pointsFromRows(x_T)
  const shape = [points.count, points.dim]
  const rows = { data: Float32Array.from(noise.flat(2)), dims: [noise.length, ...shape] }
  return {
    feeds: { x_T: tensorOf(points), ...(noise.length > 0 && { noise: rows }) },
    output: 'x_0',
    shape,
    expected: Float32Array.from(x_0.flat()),
  }
}
