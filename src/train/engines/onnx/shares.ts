import { type Network, parameterCount, stateWidth, weightShapes } from '../../../model/network.ts'
import { createMemory, floatsAt, Layout } from '../../../numerics/kernels/memory.ts'
import type { Points } from '../../../numerics/points.ts'
import { poolWords, serve, type Work } from '../../../numerics/worker-pool.ts'
import type { Batch } from '../../engine.ts'
import type { GradientHelperStart, RowFeeds, SharePlan, StepSession, StepTensor } from './session.ts'

/** What a team's threads share: the state, a batch, and the loss and gradient of each of its shares. */
type SharedStep = ReturnType<typeof shareStep>

/** Attaches to another thread's memory, or creates a new one. */
export function shareStep({ network, ends }: SharePlan, existing?: WebAssembly.Memory) {
  const [rows, shares, size] = [ends.at(-1)!, ends.length - 1, parameterCount(network)]
  const { x_t, target, t, factors } = rowSizes(network)
  // a gradient starts on a cache line of 16 numbers
  const stride = 16 * Math.ceil(size / 16)
  const state = { parameters: size, firstMoment: size, secondMoment: size, average: size }
  const batch = { x_t: rows * x_t, target: rows * target, t: rows * t, factors: rows * factors }
  const sizes = { words: poolWords(shares), losses: shares, gradients: shares * stride, ...state, ...batch }
  const layout = new Layout()
  const placed = Object.entries(sizes).map(([name, count]) => [name, layout.take(count), count] as const)
  const memory = existing ?? createMemory(layout.bytes)
  const views = placed.map(([name, address, count]) => [name, floatsAt(memory, address, count)] as const)
  const at = Object.fromEntries(views) as Record<keyof typeof sizes, Float32Array>
  const integers = ({ byteOffset, length }: Float32Array) => new Int32Array(memory.buffer, byteOffset, length)
  return {
    ...at,
    memory,
    words: integers(at.words),
    batch: {
      x_t: { data: at.x_t, count: rows, dim: x_t },
      target: { data: at.target, count: rows, dim: target },
      t: integers(at.t),
      factors: at.factors,
    },
    stride,
    gradientOf: (share: number) => at.gradients.subarray(share * stride, share * stride + size),
  }
}

/**
 * A thread's work: runs the gradient graph for a share of the batch. Runtimes don't accept shared memory, so parameters,
 * rows and gradient are copied.
 */
export function gradientWork(session: StepSession, { network, ends }: SharePlan, shared: SharedStep): Work {
  const parameters = new Float32Array(parameterCount(network))
  const gradient = new Float32Array(parameters.length)
  const feeds: Record<string, StepTensor> = {}
  const into: Record<string, StepTensor> = {}
  let at = 0
  for (const [name, [rows = 0, columns]] of weightShapes(network)) {
    const end = at + rows * (columns ?? 1)
    feeds[name] = { data: parameters.subarray(at, end), dims: [rows, columns ?? 1] }
    // a bias is a column of the parameters, and a row of the gradient
    const dims = columns === undefined ? [1, rows] : [rows, columns]
    into[`gradient/${name}`] = { data: gradient.subarray(at, end), dims }
    at = end
  }
  const feedRows = rowFeeder(network)
  return async (_, share) => {
    const rows = feedRows(shared.batch, ends[share]!, ends[share + 1]! - ends[share]!)
    parameters.set(shared.parameters)
    const results = await session.run({ ...rows, ...feeds }, ['loss', ...Object.keys(into)], into)
    for (const [name, { data }] of Object.entries(into))
      shared.gradientOf(share).set(results[name]!, data.byteOffset / 4)
    shared.losses[share] = results.loss![0]!
  }
}

/** A helper's thread: works on shares of the engine's batches until the engine is disposed of. */
export function helpGradient(start: GradientHelperStart, session: StepSession): Promise<void> {
  const shared = shareStep(start.plan, start.memory)
  return serve(shared.words, start.thread, gradientWork(session, start.plan, shared))
}

/** Numbers per row of each input that holds rows of a batch. */
function rowSizes(network: Network): Readonly<Record<keyof RowFeeds, number>> {
  return { x_t: stateWidth(network), target: network.dim, t: 1, factors: network.dim }
}

/**
 * Returns a function that makes feeds of some rows of a batch. They are in memory that the next call with as many rows
 * refills, to spare the garbage collector.
 */
export function rowFeeder(network: Network): (batch: Batch, from: number, rows: number) => RowFeeds {
  const sizes = Object.entries(rowSizes(network))
  const rooms = new Map<number, RowFeeds>()
  const roomFor = (rows: number) => {
    const room = (size: number): StepTensor => ({ data: new Float32Array(size * rows), dims: [size, rows] })
    return Object.fromEntries(sizes.map(([name, size]) => [name, room(size)])) as RowFeeds
  }
  return ({ x_t, target, t, factors }, from, rows) => {
    const feeds = rooms.get(rows) ?? roomFor(rows)
    rooms.set(rows, feeds)
    fillColumns(feeds.x_t.data, x_t, from)
    fillColumns(feeds.target.data, target, from)
    fillColumns(feeds.factors.data, { ...target, data: factors }, from)
    feeds.t.data.set(t.subarray(from, from + rows))
    return feeds
  }
}

/** Rows that are transposed together: as many numbers as a cache line has. */
const together = 16

/** Transposes points [count, dim] to a matrix [dim, count]. */
function fillColumns(columns: Float32Array, { data, dim }: Points, from: number): void {
  const count = columns.length / dim
  for (let first = 0; first < count; first += together) {
    const end = Math.min(first + together, count)
    for (let d = 0; d < dim; d++)
      for (let i = first, k = (from + first) * dim + d; i < end; i++, k += dim)
        columns[d * count + i] = data[k]!
  }
}
