import { walk } from '../diffusion/process.ts'
import { KernelNetwork } from '../model/compute/kernel-network.ts'
import type { Description } from '../model/description.ts'
import type { RunConfig } from '../model/run-config.ts'
import type { NamedWeights } from '../model/weights.ts'
import type { Points } from '../numerics/points.ts'
import { standardNormals, streams } from '../numerics/random.ts'
import { decode } from '../table/encodings/encoding.ts'
import type { Table } from '../table/table.ts'

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

/** How many rows are drawn. */
const count = 500

/** Draws samples by the run's recommended sampler, on our own kernels. Throws if the kernels don't start. */
export function liveSampler(
  config: RunConfig,
  { network, encoding, process: processOf }: Description,
): (step: number, weights: NamedWeights) => Promise<LiveSamples> {
  const process = processOf()
  const normals = (stream: typeof streams.x_T | typeof streams.reverseNoise, step: number): Points => {
    const { dim } = network
    return { data: standardNormals({ seed: 0, stream, step, start: 0, count, dim }), count, dim }
  }
  const x_T = normals(streams.x_T, 0)
  let predictor: KernelNetwork | undefined
  return async (step, weights) => {
    const inside = { kind: 'whole', network, weights } as const
    if (predictor) predictor.load(inside)
    else predictor = new KernelNetwork(inside)
    const noise = (j: number) => normals(streams.reverseNoise, j)
    let x_0 = x_T
    for await (const { x } of walk(process, predictor, { x_T, noise })) x_0 = x
    return { step, table: decode(encoding, x_0), weights, config }
  }
}
