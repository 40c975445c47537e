import { InputError, outOfRange, wrongType } from '../core/errors.ts'
import { counted, printable } from '../core/format.ts'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  flag,
  integer,
  list,
  type OptionChecks,
} from '../core/options.ts'
import { type Process, processChoiceOf, processWarning } from '../diffusion/process.ts'
import { describeSampler, type SamplerChoice, samplerChecks } from '../diffusion/samplers/index.ts'
import type { Description } from '../model/description.ts'
import { type Requirements, requirementsOf } from '../model/requirements.ts'
import { type FloatArray, type Points, sliceRows } from '../numerics/points.ts'
import { maxIndex, maxSeed } from '../numerics/random.ts'
import { type Encoding, isScaled } from '../table/encodings/encoding.ts'
import { type Given, type Known, knownOf, knownOfEach, knownWarnings } from '../table/known.ts'
import type { Chunk, SeedRange } from './chunk.ts'
import type { ModelInternals, SampleOptions } from './model.ts'
import { leftOutWarnings, requireRoom } from './texts.ts'

/** A request for samples, resolved once from a caller's options, which nothing below reads again. */
export interface Draw
  extends Pick<Chunk, 'process' | 'ranges' | 'count'>,
    Pick<SampleOptions, 'x_T' | 'noise' | 'signal' | 'onProgress' | 'onStep'> {
  /** Tables only: the samples' known cells, of one row for all or of a row for each. */
  readonly knownCells?: Known | undefined
  /** What each row must meet, if anything: it is drawn again until it does. */
  readonly requirements?: Requirements | undefined
  /** Whether rows whose known cells break a rule are kept as they are. */
  readonly mayBreak?: boolean | undefined
  /** How often a row is drawn until it meets them. Default: 4096. */
  readonly mostDraws?: number | undefined
  /** Runs an attempt of drawing rows again, if many draws go on at the same time. Default: at once. */
  readonly inTurn?: (<R>(attempt: () => Promise<R>) => Promise<R>) | undefined
  readonly trajectory: boolean
  readonly clip: boolean
  readonly chunkSize: number
  /** Receives the share of rows that meet a requirement as they are drawn, if it is small. */
  readonly onFew?: ((share: number, text: string) => void) | undefined
  /** Receives how many rows are drawn again, for each attempt. */
  readonly onAgain?: ((rows: number) => void) | undefined
}

/** Maximum count of `sample`, which keeps all in memory. */
const maxCount = 100_000_000

const drawChecks: OptionChecks<Omit<SampleOptions, keyof SamplerChoice | 'count'>> = {
  // checked by the process
  numSteps: anything,
  timesteps: anything,
  seed: integer(0, maxSeed),
  from: integer(0, maxIndex),
  x_T: requirePoints,
  noise: list('points, one for each step'),
  trajectory: flag,
  given: requireGiven,
  complete: flag,
  clip: flag,
  chunkSize: integer(1, maxCount),
  signal: abortSignal,
  onWarning: callback,
  onProgress: callback,
  onStep: callback,
}

/** Checks and resolves the options, and sends their warnings. `impute` gives known cells. */
export function drawOf(
  functionName: 'sample' | 'sampleStream',
  model: ModelInternals,
  options: SampleOptions,
  cells?: Known,
): Draw {
  const most = functionName === 'sample' ? maxCount : maxIndex
  const checks: OptionChecks<SampleOptions> = { ...samplerChecks(), ...drawChecks, count: integer(1, most) }
  const wanted = checkOptions(functionName, options, checks, ['count'])
  const { count, seed = 0, from = 0, x_T, noise, trajectory = false, clip = false } = wanted
  const { given, complete, signal, onProgress, onStep, onWarning = console.warn } = wanted
  if (count - 1 > maxIndex - from)
    throw outOfRange(
      'count',
      count,
      `give at most ${maxIndex - from + 1} from sample ${from} on: indices end at 2^53`,
    )
  const { file } = model
  const { encoding, network } = file.description
  const process = file.description.process(processChoiceOf(wanted))
  if (trajectory) requireTrajectory(model)
  requireSizes({ count, x_T, noise }, network.dim, process)
  const option = given === undefined ? 'complete' : 'given'
  if (!network.takesCondition && wanted[option] !== undefined) {
    const problem = `this model of points takes no conditions: train it with the recipe table to give \`${option}\``
    throw new InputError(problem, 'conflict', { option })
  }
  const warning = processWarning(process)
  if (warning) onWarning(warning)
  if (!cells) {
    requireRoom(model.generator, from + count)
    for (const line of leftOutWarnings(model.generator)) onWarning(line)
  }
  const constraints = cells
    ? knownOnly(file.description, cells)
    : constraintsOf(file.description, given, complete)
  const { knownCells, requirements } = constraints
  requireContext(encoding, knownCells)
  if (isList(given) && given.length !== count)
    throw outOfRange('given', given.length, `give a list of ${count}, one for each sample`)
  // refuses, before any row is drawn, a last one for which a rule leaves no combination
  if (!cells) for (const fixed of requirements?.fixed ?? []) fixed.cells(seed, from + count - 1, 0)
  for (const warning of knownCells ? knownWarnings(encoding, knownCells) : []) onWarning(warning)
  return {
    process,
    ranges: [{ seed, from, count }],
    count,
    ...constraints,
    x_T,
    noise,
    trajectory,
    clip,
    chunkSize: wanted.chunkSize ?? chunkSizeFor(model, process, trajectory),
    signal,
    onProgress,
    onStep,
    onFew: fewRows(onWarning),
  }
}

/** Throws InputError unless the columns that the model draws rows under are known. */
function requireContext({ columns, context = [] }: Encoding, known: Known | undefined): void {
  const isKnown = (d: number) =>
    known?.context?.has(d) || known?.missing?.has(d) || !Number.isNaN(known?.cells[d]?.[0] ?? Number.NaN)
  const lacking = context.filter((name) => !isKnown(columns.findIndex((column) => column.name === name)))
  if (lacking.length > 0)
    throw new InputError(
      `this model draws rows of one table among several, to match ${lacking.slice(0, 3).join(', ')}${lacking.length > 3 ? ', …' : ''}: give them with \`given\`, or sample all tables`,
      'missing',
      { option: 'given' },
    )
}

/** Warns, once, that few rows meet what they must. */
function fewRows(onWarning: (message: string) => void): NonNullable<Draw['onFew']> {
  let isSaid = false
  return (share, text) => {
    if (isSaid) return
    isSaid = true
    onWarning(
      `only ${(100 * share).toPrecision(2)} % of the rows meet ${printable(text)} as they are drawn: they are drawn again until they do, which takes long`,
    )
  }
}

/** What is known of a draw's rows, and what they must meet. */
export type Constraints = Pick<Draw, 'knownCells' | 'requirements' | 'mayBreak'>

/** What `given` and `complete` ask for. Throws InputError on values that do not fit. */
export function constraintsOf(
  description: Description,
  given: SampleOptions['given'],
  complete: boolean | undefined,
): Constraints {
  if (given === undefined && !complete) return { requirements: requirementsOf(description.encoding, {}) }
  const { ranges, ...known } = isList(given)
    ? knownOfEach(description.encoding, given)
    : knownOf(description.encoding, given ?? {})
  return {
    knownCells: { ...known, allowsMissing: !complete },
    requirements: requirementsOf(description.encoding, { ...known, ranges }),
  }
}

function isList(given: SampleOptions['given']): given is readonly Given[] {
  return Array.isArray(given)
}

/** Rows that are completed may break rules by what is known of them. */
function knownOnly(description: Description, knownCells: Known): Constraints {
  return { knownCells, requirements: requirementsOf(description.encoding, knownCells), mayBreak: true }
}

export function partOf(draw: Draw, at: number, count: number): Draw {
  if (count === draw.count) return draw
  const { knownCells, x_T, noise } = draw
  const rows = <A extends FloatArray>(points: Points<A>) => sliceRows(points, at, at + count)
  const ofPart = ({ count: all, cells, ...known }: Known): Known =>
    all === 1
      ? { ...known, count: all, cells }
      : { ...known, count, cells: cells.map((column) => column.subarray(at, at + count)) }
  return {
    ...draw,
    ranges: partOfRanges(draw.ranges, at, count),
    count,
    knownCells: knownCells && ofPart(knownCells),
    x_T: x_T && rows(x_T),
    noise: noise?.map(rows),
  }
}

export function partOfRanges(ranges: readonly SeedRange[], at: number, count: number): SeedRange[] {
  const part: SeedRange[] = []
  let [skipped, left] = [at, count]
  for (const range of ranges) {
    const first = Math.min(skipped, range.count)
    skipped -= first
    const size = Math.min(range.count - first, left)
    if (size > 0) part.push({ seed: range.seed, from: range.from + first, count: size })
    left -= size
    if (left === 0) break
  }
  return part
}

/** Rows at a time, and the most numbers of a layer's result for them, so that they stay in the processor's cache. */
const [defaultChunkSize, mostActivations] = [2000, 2 ** 18]

const mostNumbers = 2 ** 22

function chunkSizeFor(
  { chunkSize, file }: ModelInternals,
  { timesteps }: Process,
  trajectory: boolean,
): number {
  const { dim, hidden } = file.description.network
  const usual = Math.min(defaultChunkSize, Math.floor(mostActivations / Math.max(dim, ...hidden)))
  // a graph of the whole process takes the noise of all steps at once
  const states = file.isSampler || trajectory ? timesteps.length + 1 : 1
  // a row's candidates go through the process together
  const candidates = file.description.candidates?.count ?? 1
  const most = Math.floor(mostNumbers / (states * file.card.dim))
  return Math.max(1, Math.floor(Math.min(chunkSize ?? usual, most) / candidates))
}

function requireGiven(option: string, value: unknown): void {
  const isObject = (each: unknown) => typeof each === 'object' && each !== null && !Array.isArray(each)
  if (!(Array.isArray(value) ? value.every(isObject) : isObject(value)))
    throw wrongType(
      option,
      value,
      "give an object of values by column name, such as { sex: 'female' }, or a list of them, one for each sample",
    )
}

function requirePoints(option: string, value: unknown): void {
  const { data, count, dim } = (value ?? {}) as Partial<Points>
  if (!ArrayBuffer.isView(data) || typeof count !== 'number' || typeof dim !== 'number')
    throw wrongType(option, value, 'give points, { data, count, dim }')
}

function requireTrajectory({ file }: ModelInternals): void {
  if (file.isSampler && !file.outputs.includes('trajectory')) {
    const problem = 'this sampler.onnx has no trajectory: export it with `trajectory`, or sample model.onnx'
    throw new InputError(problem, 'out-of-range')
  }
  if (!isScaled(file.description.encoding)) {
    const problem =
      'a table has no trajectory, as its intermediate states are no rows: leave `trajectory` out'
    throw new InputError(problem, 'conflict', { option: 'trajectory' })
  }
}

function requireSizes(
  { count, x_T, noise }: Pick<Draw, 'count' | 'x_T' | 'noise'>,
  dim: number,
  process: Process,
): void {
  const requireSize = (option: string, points: Points) => {
    if (points.count !== count || points.dim !== dim || points.data.length !== count * dim) {
      const problem = `${option} is [${points.count}, ${points.dim}]: give [${count}, ${dim}]`
      throw new InputError(problem, 'out-of-range')
    }
  }
  if (x_T) requireSize('x_T', x_T)
  if (!noise) return
  if (!process.isStochastic) {
    const problem = `noise is given, but ${describeSampler(process.sampler)} takes none: leave it out`
    throw new InputError(problem, 'conflict')
  }
  if (noise.length !== process.timesteps.length) {
    const problem = `noise is for ${counted(noise.length, 'step')}: give it for ${process.timesteps.length}`
    throw new InputError(problem, 'out-of-range')
  }
  for (const [j, points] of noise.entries()) {
    requirePoints(`noise[${j}]`, points)
    requireSize(`noise[${j}]`, points)
  }
}
