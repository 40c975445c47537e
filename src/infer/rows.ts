import type { Process } from '../diffusion/process.ts'
import { conditionBlocks } from '../model/network.ts'
import { type Condition, type Points, sliceRows } from '../numerics/points.ts'
import { conditionOf, type Known, keepKnown } from '../table/condition.ts'
import { blocksOf, decode, dimensionsOf, type Encoding } from '../table/encodings/encoding.ts'
import type { Table } from '../table/table.ts'
import { type Chunk, type SeedRange, sampleChunk } from './chunk.ts'
import type { ModelInternals } from './model.ts'
import { requireFinite } from './sample.ts'

/** One caller's part of a run: the samples and their known cells. */
export interface WantedRows {
  readonly ranges: readonly SeedRange[]
  /** One row of known cells for all of the samples. */
  readonly known?: Known | undefined
}

export interface DrawnRows {
  /** The samples as rows of their columns, in data units. */
  readonly table: Table
  /** [rows, dim] in scaled space. */
  readonly x_0: Points
}

/**
 * Draws samples of any seeds for several callers in one run, equal to those of `sample`; on the model's workers, if
 * any. Throws the session's errors, a WorkerEndedError, and InputError if a sample is not finite.
 */
export async function sampleRows(
  { file, session, workers, uses }: ModelInternals,
  process: Process,
  wanted: readonly WantedRows[],
): Promise<DrawnRows[]> {
  const { encoding, network } = file.description
  const counts = wanted.map(({ ranges }) => countOf(ranges))
  const chunk: Chunk = {
    process,
    ranges: wanted.flatMap(({ ranges }) => ranges),
    count: counts.reduce((sum, count) => sum + count, 0),
    dim: network.dim,
    blocks: conditionBlocks(network),
    condition: joinedCondition(encoding, wanted, counts),
  }
  const end = uses.begin()
  try {
    const states = await (workers ? workers.run(chunk) : sampleChunk({ file, session }, chunk))
    const x_0 = states.at(-1)!
    requireFinite(x_0)
    return apart(encoding, x_0, chunk.ranges, wanted, counts)
  } finally {
    end()
  }
}

export function countOf(ranges: readonly SeedRange[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0)
}

/** The condition of all rows; undefined if nothing is known of any. */
function joinedCondition(
  encoding: Encoding,
  wanted: readonly WantedRows[],
  counts: readonly number[],
): Condition | undefined {
  if (wanted.every(({ known }) => known === undefined)) return undefined
  const count = counts.reduce((sum, each) => sum + each, 0)
  const nothing = (dim: number): Points => ({ data: new Float32Array(count * dim), count, dim })
  const all = { known: nothing(blocksOf(encoding).length), values: nothing(dimensionsOf(encoding)) }
  let at = 0
  for (const [i, { known }] of wanted.entries()) {
    if (known) {
      const part = conditionOf(encoding, known, 0, counts[i]!)
      for (const name of ['known', 'values'] as const) all[name].data.set(part[name].data, at * all[name].dim)
    }
    at += counts[i]!
  }
  return all
}

/** Decodes all rows and splits them by caller. */
function apart(
  encoding: Encoding,
  x_0: Points,
  ranges: readonly SeedRange[],
  wanted: readonly WantedRows[],
  counts: readonly number[],
): DrawnRows[] {
  const indices = new Float64Array(x_0.count)
  let row = 0
  for (const { from, count } of ranges) for (let i = 0; i < count; i++) indices[row++] = from + i
  const { columns, points } = decode(encoding, x_0, { indexOf: (i) => indices[i]! })
  let at = 0
  return wanted.map(({ known }, i) => {
    const end = at + counts[i]!
    const part = sliceRows(points, at, end)
    if (known) keepKnown(part as Points<Float64Array>, known, 0)
    const result = { table: { columns, points: part }, x_0: sliceRows(x_0, at, end) }
    at = end
    return result
  })
}
