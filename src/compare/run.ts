import { reasonOf, type Session, type Tensor } from '../infer/session.ts'
import { elementCount } from '../model/weights.ts'

/** What a session was asked for, checked for what a list of numbers would hide. */
export interface Outputs {
  /** The tensors that are there, and of float32. */
  readonly tensors: Readonly<Record<string, Float32Array>>
  /** What is wrong with the outputs, or that the run failed: a line each. */
  readonly problems: readonly string[]
  /** Whether the run failed. */
  readonly failed: boolean
}

/** Runs a session; a failure is a finding, not an error. `shapes` are of the outputs to ask for. */
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
