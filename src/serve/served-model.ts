import { stat } from 'node:fs/promises'
import { digestOfFile } from '../core/files.ts'
import { joinRows } from '../core/points.ts'
import { processOf } from '../diffusion/process.ts'
import { internalsOf, type Model } from '../infer/model.ts'
import { type DrawnRows, sampleRows, type WantedRows } from '../infer/rows.ts'
import { chunkSizeFor } from '../infer/sample.ts'
import { WorkerEndedError } from '../infer/workers.ts'
import { type Known, knownOf, knownWarnings } from '../table/condition.ts'
import { type Encoding, encodingOf } from '../table/encoding.ts'
import { type Asked, Batches } from './batches.ts'
import type { RowsAsked } from './infer-request.ts'
import type { ModelWatch } from './metrics.ts'
import { invalid, Refusal } from './refusal.ts'
import { type Output, outputsOf } from './tensors.ts'

/** What a file was when it was looked at: another one has other numbers. */
export type FileState = string

/** Where a model comes from, and what is told of its runs. */
export interface ServedFrom {
  readonly name: string
  readonly path: string
  /** Loads the file, with its self-test. */
  load(path: string): Promise<Model>
  readonly watch: ModelWatch
}

/** A model that answers requests, until it is retired. */
export class ServedModel {
  readonly name: string
  readonly path: string
  readonly state: FileState
  /** SHA-256 of the file. */
  readonly digest: string
  /** What callers know it by: the digest's first letters. */
  readonly version: string
  readonly outputs: readonly Output[]
  readonly encoding: Encoding
  readonly provider: string
  readonly #model: Model
  readonly #batches: Batches
  readonly #watch: ModelWatch
  #isRetired = false
  /** Requests whose rows are not there yet. */
  #asked = 0
  #onIdle = () => {}

  private constructor(from: ServedFrom, model: Model, state: FileState, digest: string) {
    const own = internalsOf(model)
    const { card } = own.file
    const process = processOf(card)
    this.name = from.name
    this.path = from.path
    this.state = state
    this.digest = digest
    this.version = digest.slice(0, 12)
    this.encoding = encodingOf(card)
    this.outputs = outputsOf(this.encoding, card.encoding !== undefined)
    this.provider = model.info.provider
    this.#model = model
    this.#watch = from.watch
    this.#batches = new Batches({
      maxRows: chunkSizeFor(own, {}, process),
      // one that runs, and one that is ready when it ends
      inFlight: own.workers?.inFlight ?? 2,
      run: (wanted) => this.#run((rows) => sampleRows(own, process, rows), wanted),
      onBatch: from.watch.onBatch,
      onRun: from.watch.onRun,
    })
  }

  /** Reads and checks a file, tests it on its provider, and draws a first row. Throws as `loadModel`. */
  static async load(from: ServedFrom): Promise<ServedModel> {
    const state = await stateOf(from.path)
    const digest = await digestOfFile(from.path)
    const model = await from.load(from.path)
    const served = new ServedModel(from, model, state, digest)
    try {
      if (state !== (await stateOf(from.path))) throw new Error(`${from.path} changed while it was read`)
      // its thread and session are there before the first caller is
      await served.ask({ ranges: [{ seed: 0, from: 0, count: 1 }], seconds: 600 }).pieces
      return served
    } catch (error) {
      await model.dispose()
      throw error
    }
  }

  /** Whether a request would be refused for want of room. */
  get isFull(): boolean {
    return this.#batches.isFull
  }

  get waiting(): Batches['waiting'] {
    return this.#batches.waiting
  }

  /** Draws rows, and says what is odd about them. Throws a Refusal where there is no room, and InputError on conditions that the model does not know. */
  ask(asked: RowsAsked): Asked & { readonly warnings: readonly string[] } {
    if (this.#isRetired) throw new Refusal('not-ready', `model ${this.name} was replaced: ask again`)
    const known = this.#knownOf(asked)
    const result = this.#batches.ask({ ranges: asked.ranges, known }, asked.seconds)
    this.#asked++
    const done = () => {
      this.#asked--
      if (this.#asked === 0) this.#onIdle()
    }
    result.pieces.then(done, done)
    return { ...result, warnings: known ? knownWarnings(this.encoding, known) : [] }
  }

  /** The outputs that a request names, or all. Throws a Refusal where there is none of a name. */
  outputsNamed(names: readonly string[] | undefined): readonly Output[] {
    return (
      names?.map((name) => {
        const found = this.outputs.find((output) => output.name === name)
        if (found) return found
        throw invalid(
          `model ${this.name} has no output ${name}: choose from ${this.outputs.map((output) => output.name).join(', ')}`,
        )
      }) ?? this.outputs
    )
  }

  /** Frees it, once all who asked have their rows; those who ask later are refused. */
  async retire(): Promise<void> {
    this.#isRetired = true
    if (this.#asked > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    await this.#model.dispose()
  }

  #knownOf({ given, complete }: RowsAsked): Known | undefined {
    if (given === undefined && !complete) return undefined
    if (!this.#model.card.encoding)
      throw invalid(`model ${this.name} is a model of points and takes no conditions: leave them out`)
    return { ...knownOf(this.encoding, given ?? {}), mayLack: !complete }
  }

  /** A batch that was lost with its thread is drawn once more, by the thread that takes its place. */
  async #run(
    draw: (wanted: readonly WantedRows[]) => Promise<DrawnRows[]>,
    wanted: readonly WantedRows[],
  ): Promise<DrawnRows[]> {
    try {
      return await draw(wanted)
    } catch (error) {
      if (!(error instanceof WorkerEndedError)) throw error
      this.#watch.onWorkerLost(error)
      return draw(wanted)
    }
  }
}

/** What tells a file from the one that takes its place, without reading it. Throws where there is none. */
export async function stateOf(path: string): Promise<FileState> {
  const { mtimeMs, size, ino } = await stat(path)
  return `${mtimeMs} ${size} ${ino}`
}

/** All samples that are asked for, in one piece. */
export function inOnePiece(pieces: readonly DrawnRows[]): DrawnRows {
  const [first] = pieces
  if (pieces.length === 1) return first!
  const points = joinRows(pieces.map(({ table }) => table.points))
  return { table: { ...first!.table, points }, x_0: joinRows(pieces.map(({ x_0 }) => x_0)) }
}
