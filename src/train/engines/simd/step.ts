import { headBlocks, stateWidth } from '../../../model/network.ts'
import { Chain, rowOf, vectorsOf } from '../../../numerics/kernels/chain.ts'
import {
  createKernels,
  createMemory,
  floatsAt,
  type Kernels,
  Layout,
} from '../../../numerics/kernels/memory.ts'
import { poolWords } from '../../../numerics/worker-pool.ts'
import {
  adamW,
  type Batch,
  type EngineState,
  type StateName,
  type StepScalars,
  stateNames,
} from '../../engine.ts'
import {
  gather,
  type PlacedNetwork,
  placeNetwork,
  spread,
  type UpdateTask,
  updateTasks,
} from './parameters.ts'
import { placeStep, type StepPlan, type TileRoom, tile } from './place-step.ts'
import { TimeEmbedding } from './time.ts'

/** The kinds of tasks: the gradient of a share of the batch, and an AdamW step of some parameters. */
export const gradientTask = 0
export const updateTask = 1

const maxShares = 8

/** Returns the number of shares of a batch. Depends only on its rows, so that the bits don't depend on the threads. */
function sharesOf(rows: number): number {
  return Math.max(1, Math.min(maxShares, Math.floor(rows / tile)))
}

/**
 * A training step in memory that threads share: its layout and its computations. Each share of the batch has its own
 * gradient, and they are summed in order, so the bits are the same on any number of threads.
 */
export class StepMemory {
  readonly memory: WebAssembly.Memory
  readonly words: Int32Array
  readonly shares: number
  readonly updates: readonly UpdateTask[]
  readonly #plan: StepPlan
  readonly #kernels: Kernels
  readonly #placed: PlacedNetwork
  readonly #chain: Chain
  readonly #time: TimeEmbedding
  readonly #at: ReturnType<typeof placeStep>
  /** Which of the two states is current: a step writes the new state next to the old one. */
  readonly #side: Int32Array
  readonly #scalars: Float32Array
  readonly #losses: Float32Array

  /** Attaches to another thread's memory, or creates a new one. */
  constructor(plan: StepPlan, memory?: WebAssembly.Memory) {
    const { network } = plan
    const layout = new Layout()
    const placed = placeNetwork(network, layout)
    this.updates = updateTasks(placed)
    this.shares = sharesOf(plan.rows)
    const tasks = Math.max(this.shares, this.updates.length)
    const at = placeStep(plan, placed, this.shares, tasks, layout)
    this.memory = memory ?? createMemory(layout.bytes)
    const kernels = createKernels(this.memory)
    this.#plan = plan
    this.#placed = placed
    this.#at = at
    this.#kernels = kernels
    this.#chain = new Chain(kernels, placed.layers, network)
    this.#time = new TimeEmbedding(kernels, network, placed, at.time)
    const { buffer } = this.memory
    this.words = new Int32Array(buffer, at.words, poolWords(tasks))
    this.#side = new Int32Array(buffer, at.side, 1)
    this.#scalars = floatsAt(this.memory, at.scalars, 8)
    this.#losses = floatsAt(this.memory, at.losses, this.shares)
    if (!memory) {
      this.#time.fillFeatures()
      const blocks = headBlocks(network).flatMap(({ size, start }) => [size, start])
      new Int32Array(buffer, at.blocks, blocks.length).set(blocks)
    }
  }

  /** Loads a state and transposes its weights. */
  begin(state: EngineState): void {
    this.#side[0] = 0
    for (const name of this.#names()) spread(this.#placed, state[name]!, this.#numbers(name))
    for (const task of this.updates) this.#transpose(task, this.#address('parameters'))
  }

  /** Returns a copy of the state: flat tensors in the state dict's order. */
  state(): Omit<EngineState, 'step'> {
    const of = (name: StateName) => gather(this.#placed, this.#numbers(name))
    return {
      parameters: of('parameters'),
      firstMoment: of('firstMoment'),
      secondMoment: of('secondMoment'),
      average: this.#plan.hasAverage ? of('average') : undefined,
    }
  }

  /** Loads a batch, and computes the embedding of each timestep with the current parameters. */
  load({ x_t, target, t, factors }: Batch): void {
    const put = (address: number, numbers: Float32Array) =>
      floatsAt(this.memory, address, numbers.length).set(numbers)
    put(this.#at.x_t, x_t.data)
    put(this.#at.target, target.data)
    put(this.#at.factors, factors)
    new Int32Array(this.memory.buffer, this.#at.t, t.length).set(t)
    this.#time.forward(this.#address('parameters'))
  }

  /** Adds the gradient of the embedding's layers, once all shares are done. Returns the loss. */
  finishGradient(): number {
    this.#time.backward(this.#address('parameters'), this.#gradients())
    return this.#losses.reduce((all, loss) => all + loss, 0)
  }

  /** Sets the factors of the update. */
  prepareUpdate({ rate, epsilon, decay, share }: StepScalars, beta2: number): void {
    const { beta1 } = adamW
    this.#scalars.set([beta1, beta2, 1 - beta1, 1 - beta2, rate, epsilon, decay, share])
  }

  /** Makes the new state current, once all parameters are updated. */
  finishUpdate(): void {
    this.#side[0] = 1 - this.#side[0]!
  }

  /** Runs a task of a phase on a thread, counted from 1. */
  work(thread: number, kind: number, task: number): void {
    if (kind === gradientTask) this.#gradientOf(task, this.#at.rooms[thread - 1]!)
    else this.#update(this.updates[task]!)
  }

  #gradientOf(share: number, room: TileRoom): void {
    const { rows, network } = this.#plan
    const { dim } = network
    const kernels = this.#kernels
    const { x_t, target, t, factors, blocks, blockCount } = this.#at
    const parameters = this.#address('parameters')
    const gradient = this.#at.gradients[share]!
    floatsAt(this.memory, gradient, this.#at.stride / 4).fill(0)
    const [first] = this.#placed.layers
    const width = stateWidth(network)
    const z = room.chain.inputs[1] ?? room.chain.output
    const end = Math.floor((rows * (share + 1)) / this.shares)
    let loss = 0
    for (let from = Math.floor((rows * share) / this.shares); from < end; from += tile) {
      const count = Math.min(tile, end - from)
      const numbers = t + 4 * from
      const [row, n] = [rowOf(first.outputs), vectorsOf(first.outputs)]
      kernels.spreadRows(count, 4 * width, x_t + 4 * from * width, room.chain.inputs[0]!, rowOf(width))
      kernels.gatherRows(count, n, numbers, this.#time.biases, row, z, row)
      this.#chain.forward(count, parameters, room.chain, true)
      loss += kernels.blockError(
        count,
        vectorsOf(dim),
        dim,
        room.chain.output,
        rowOf(dim),
        target + 4 * from * dim,
        factors + 4 * from * dim,
        blocks,
        blockCount,
        room.powers,
      )
      const dz = this.#chain.backward(count, parameters, gradient, room.chain, true)
      kernels.scatterRows(count, n, numbers, dz, row, gradient + 4 * this.#placed.size, row)
    }
    this.#losses[share] = loss
  }

  #update(task: UpdateTask): void {
    const from = 4 * task.from
    const parameters = this.#address('parameters')
    const shift = (this.#side[0] === 0 ? 1 : -1) * this.#at.stateBytes
    const average = this.#plan.hasAverage ? this.#address('average') + from : 0
    this.#kernels.update(
      task.numbers,
      parameters + from,
      this.#address('firstMoment') + from,
      this.#address('secondMoment') + from,
      average,
      this.#at.gradients[0]! + from,
      this.#at.stride,
      this.shares,
      shift,
      ...(this.#scalars as unknown as Eight),
    )
    this.#transpose(task, parameters + shift)
  }

  #transpose({ layer, row, rows }: UpdateTask, parameters: number): void {
    if (!layer) return
    const rowIn = rowOf(layer.inputs)
    const from = parameters + layer.weight + row * rowIn
    const to = layer.transposed + 4 * row
    this.#kernels.transpose(rows, layer.inputs, from, rowIn, to, rowOf(layer.outputs))
  }

  /** Addresses of the shares' gradients: of the parameters, then of the first layer's bias at each timestep. */
  #gradients() {
    const { gradients } = this.#at
    return { all: gradients[0]!, ofBiases: gradients.map((gradient) => gradient + 4 * this.#placed.size) }
  }

  #names() {
    return stateNames.filter((name) => name !== 'average' || this.#plan.hasAverage)
  }

  #address(name: StateName): number {
    return this.#at.state[name] + this.#side[0]! * this.#at.stateBytes
  }

  #numbers(name: StateName): Float32Array {
    return floatsAt(this.memory, this.#address(name), this.#placed.size)
  }
}

type Eight = [number, number, number, number, number, number, number, number]
