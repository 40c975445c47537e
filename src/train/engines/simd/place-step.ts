import { headBlocks, type Network, stateWidth } from '../../../model/network.ts'
import { Chain, type ChainLayer, type ChainRoom, strideOf } from '../../../numerics/kernels/chain.ts'
import type { Layout } from '../../../numerics/kernels/memory.ts'
import { poolWords } from '../../../numerics/worker-pool.ts'
import type { PlacedNetwork } from './parameters.ts'
import { TimeEmbedding } from './time.ts'

/** Determines the layout of a step's memory; plain data, the same on all threads. */
export interface StepPlan {
  readonly network: Network
  /** Rows of every batch. */
  readonly rows: number
  readonly threads: number
  readonly hasAverage: boolean
}

/** Rows that go through all layers together, so that their activations stay in a core's cache. */
export const tile = 64

/** A thread's memory for a tile. */
export interface TileRoom {
  readonly chain: ChainRoom
  readonly powers: number
}

/** Allocates the memory of a step: the worker pool's words, the state twice, a gradient for each share, a batch, and room for each thread. */
export function placeStep(
  { network, rows, threads }: StepPlan,
  { size, layers, encoder }: PlacedNetwork,
  shares: number,
  tasks: number,
  layout: Layout,
) {
  const { dim, T } = network
  const blockCount = headBlocks(network).length
  const [{ outputs }] = layers
  const words = layout.take(poolWords(tasks))
  const [side, scalars, losses] = [layout.take(1), layout.take(8), layout.take(shares)]
  const stateStart = layout.bytes
  const state = {
    parameters: layout.take(size),
    firstMoment: layout.take(size),
    secondMoment: layout.take(size),
    average: layout.take(size),
  }
  const stateBytes = layout.bytes - stateStart
  layout.take(stateBytes / 4)
  const gradients = Array.from({ length: shares }, () => layout.take(size + T * strideOf(outputs)))
  const stride = shares > 1 ? gradients[1]! - gradients[0]! : 4 * (size + T * strideOf(outputs))
  const batch = {
    x_t: layout.take(rows * stateWidth(network)),
    target: layout.take(rows * dim),
    t: layout.take(rows),
    factors: layout.take(rows * dim),
    blocks: layout.take(2 * blockCount),
  }
  const rooms = Array.from(
    { length: threads },
    (): TileRoom => ({
      chain: Chain.room(layout, layers, tile, { traits: network, withGradient: true }),
      powers: layout.take(strideOf(dim)),
    }),
  )
  const time = TimeEmbedding.place(network, encoder as readonly ChainLayer[], outputs, layout)
  return {
    words,
    side,
    scalars,
    losses,
    state,
    stateBytes,
    gradients,
    stride,
    ...batch,
    blockCount,
    rooms,
    time,
  }
}
