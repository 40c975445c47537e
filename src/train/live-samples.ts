import { pause, type Work } from '../core/work.ts'
import { reverseProcess } from '../diffusion/process.ts'
import {
  type Candidates,
  candidateSteps,
  chosenCandidates,
  chosenNumbers,
  sharedSteps,
} from '../model/candidates.ts'
import { KernelNetwork } from '../model/compute/kernel-network.ts'
import type { Description } from '../model/description.ts'
import type { RunConfig } from '../model/run-config.ts'
import type { NamedWeights } from '../model/weights.ts'
import { gatherRows, type Points } from '../numerics/points.ts'
import { type DrawRequest, type Stream, standardNormals, streams, uniforms } from '../numerics/random.ts'
import { contextOfCodes } from '../table/condition.ts'
import { decode } from '../table/encodings/decode.ts'
import { columnCells, type Table } from '../table/table.ts'

/** Samples drawn during training. */
export interface LiveSamples {
  /** Steps taken so far. */
  readonly step: number
  /** Samples in the data's units, drawn from the same noise each time, so that each row moves. */
  readonly table: Table
  /** The weights they were drawn with; `exportModel` accepts `{ config, weights }` as a run. */
  readonly weights: NamedWeights
  readonly config: RunConfig
}

interface WeightSampling {
  readonly count: number
  /** Where a step's noise comes from; null is x_T's. */
  readonly noise: (step: number | null) => Pick<DrawRequest, 'seed' | 'stream' | 'step'>
  /** The rows whose context the samples have, in turn: codes [rows, columns]. */
  readonly codes: Points
  readonly signal?: AbortSignal | undefined
}

/**
 * Returns a function from weights to x_0 [count, dim], drawn by the run's recommended sampler, on our own kernels, from the
 * same noise each time.
 */
export function weightSampler(
  { network, encoding, process: processOf }: Description,
  { count, noise: noiseOf, codes, signal }: WeightSampling,
): (weights: NamedWeights) => Promise<Points> {
  const { dim } = network
  const process = processOf()
  const normals = (step: number | null): Points => {
    const data = standardNormals({ ...noiseOf(step), start: 0, count, dim })
    return { data, count, dim }
  }
  const x_T = normals(null)
  const inTurn = Int32Array.from({ length: count }, (_, i) => i % codes.count)
  const condition = encoding.context && contextOfCodes(encoding, gatherRows(codes, inTurn))
  let predictor: KernelNetwork | undefined
  return async (weights) => {
    const inside = { kind: 'whole', network, weights } as const
    if (predictor) predictor.load(inside)
    else predictor = new KernelNetwork(inside)
    let x_0 = x_T
    for await (const { x } of reverseProcess(process, predictor, {
      x_T,
      noise: normals,
      condition,
      signal,
    })) {
      x_0 = x
      await pause(signal)
    }
    return x_0
  }
}

/** The noise of a draw of its own: x_T has the noise of the step `first`, and the steps of the process follow. */
export function noiseFrom(seed: number, stream: Stream, first: number): WeightSampling['noise'] {
  return (step) => ({ seed, stream, step: first + (step === null ? 0 : step + 1) })
}

interface CandidateNoise {
  readonly seed: number
  readonly stream: Stream
  readonly candidate: number
  /** The candidate of the same row whose first steps it shares. */
  readonly first: number
}

/** The noise of a row's candidate. */
export function noiseOfCandidate(
  { process }: Description,
  candidates: Pick<Candidates, 'shared'>,
  { seed, stream, candidate, first }: CandidateNoise,
): WeightSampling['noise'] {
  const shared = sharedSteps(candidates, process())
  return (step) => {
    const isShared = shared > 0 && (step === null || step < shared)
    return noiseFrom(seed, stream, (isShared ? first : candidate) * candidateSteps)(step)
  }
}

type RowSampling = Omit<WeightSampling, 'noise'> & Work & { readonly seed: number; readonly stream: Stream }

/** Draws rows as `sample` does, of several candidates one each, from the noise of a stream. */
export async function drawnRows(
  description: Description,
  weights: NamedWeights,
  { count, seed, stream, codes, signal, onProgress }: RowSampling,
): Promise<Table> {
  const { encoding, candidates } = description
  const tables: Table[] = []
  const draws = candidates?.count ?? 1
  for (let candidate = 0; candidate < draws; candidate++) {
    onProgress?.({ stage: 'drawing samples to compare', unit: 'draws', done: candidate, count: draws })
    const noise = noiseOfCandidate(description, candidates ?? {}, { seed, stream, candidate, first: 0 })
    const x_0 = await weightSampler(description, { count, noise, codes, signal })(weights)
    tables.push(decode(encoding, x_0))
  }
  if (!candidates) return tables[0]!
  const rows = tables.map(columnCells)
  const uniform = uniforms({ seed, stream: streams.candidates, step: 1, start: 0, count, dim: 1 })
  const chosen = chosenCandidates(rows.map(description.odds), uniform, candidates.shared !== undefined)
  const columns = encoding.columns.map((column, d) => ({
    ...column,
    cells: chosenNumbers(
      rows.map((cells) => cells[d]!),
      chosen,
      1,
    ),
  }))
  return { count, columns }
}
