import { stat } from 'node:fs/promises'
import { digestOfFile } from '../core/files.ts'
import { constraintsOf, type Draw, drawOf } from '../infer/draw.ts'
import { internalsOf, type Model } from '../infer/model.ts'
import { type DrawnRows, drawTogether } from '../infer/rows.ts'
import { Queue, Uses } from '../infer/session.ts'
import { columnsOfSamples, requireRoom } from '../infer/texts.ts'
import { WorkerEndedError } from '../infer/workers.ts'
import { joinRows } from '../numerics/points.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import { knownWarnings } from '../table/known.ts'
import { joinTables } from '../table/table.ts'
import { Batches, type QueuedRequest } from './batches.ts'
import type { ModelWatch, Waiting } from './metrics.ts'
import { invalid, limits, Refusal } from './refusal.ts'
import type { RowsRequest } from './rows-request.ts'
import { inputs, type Output, outputsOf } from './tensors.ts'
import { nextPiece } from './turns.ts'

export interface NamedModelFile {
  readonly name: string
  readonly path: string
}

/** A model's source, and the watch of its runs. */
interface ServedFrom extends NamedModelFile {
  /** Loads the file and runs its self-test. */
  load(path: string): Promise<Model>
  readonly watch: ModelWatch
}

export interface Drawing extends Pick<QueuedRequest, 'cancel'> {
  readonly rows: Promise<DrawnRows>
  readonly warnings: readonly string[]
}

/** Rows that are drawn when a model is loaded, to know how many may wait. */
const measuredRows = 64

/** A model that answers requests, until it is retired. */
export class ServedModel {
  readonly name: string
  readonly path: string
  /** Differs once the file is replaced. */
  readonly state: string
  readonly digest: string
  /** The version that callers see: the first letters of the digest. */
  readonly version: string
  readonly outputs: readonly Output[]
  readonly encoding: Encoding
  /** The bytes of a drawn row, before it is written. */
  readonly drawnBytes: number
  /** The most bytes of a row with its columns' names, in any format of `sampleForms`. */
  readonly sampleBytes: number
  readonly provider: string
  readonly #model: Model
  /** A draw by the model's recommended process; each request sets its samples and known cells. */
  readonly #baseDraw: Draw
  readonly #batches: Batches
  /** Attempts of drawing rows again, one at a time. */
  readonly #attempts = new Queue()
  /** Requests whose rows are not ready yet. */
  readonly #undrawn = new Uses()
  readonly #watch: ModelWatch
  #isRetired = false

  private constructor(from: ServedFrom, model: Model, state: string, digest: string) {
    const internals = internalsOf(model)
    const { file, workers, generator } = internals
    const { encoding, network } = file.description
    this.name = from.name
    this.path = from.path
    this.state = state
    this.digest = digest
    this.version = digest.slice(0, 12)
    this.encoding = encoding
    this.outputs = outputsOf(encoding, network.takesCondition, columnsOfSamples(encoding.columns, generator))
    this.sampleBytes = this.outputs
      .slice(1)
      .reduce((sum, { name, rowBytes }) => sum + JSON.stringify(name).length + rowBytes.json + 3, 4)
    this.drawnBytes = 4 * network.dim + 8 * encoding.columns.length
    this.provider = model.info.provider
    this.#model = model
    this.#watch = from.watch
    this.#baseDraw = {
      ...drawOf('sample', internals, { count: 1, onWarning() {} }),
      mostDraws: limits.draws,
    }
    this.#batches = new Batches({
      // half of what `sample` draws at a time: less memory, and less of the others' time for their cells
      maxRows: Math.ceil(this.#baseDraw.chunkSize / 2),
      // one runs, and another is ready when it ends
      inFlight: workers?.inFlight ?? 2,
      run: (draws) => this.#onThreads(() => drawTogether(internals, draws)),
      ...from.watch,
    })
  }

  /** Reads and checks a file, tests it on its provider, and draws some rows. Throws as `loadModel` does. */
  static async load(from: ServedFrom): Promise<ServedModel> {
    const state = await stateOf(from.path)
    const digest = await digestOfFile(from.path)
    const model = await from.load(from.path)
    const served = new ServedModel(from, model, state, digest)
    try {
      if (state !== (await stateOf(from.path))) throw new Error(`${from.path} changed while it was read`)
      // create the thread and the session before the first request, then measure the pace
      for (const count of [1, measuredRows])
        await served.draw({ ranges: [{ seed: 0, from: 0, count }], seconds: 600 }).rows
      return served
    } catch (error) {
      await model.dispose()
      throw error
    }
  }

  /** Runs again what a thread lost: if all end at once, it may be given to each of them before its end is noticed. */
  async #onThreads<R>(run: () => Promise<R>): Promise<R> {
    for (let attempts = this.#model.info.threads; ; attempts--)
      try {
        return await run()
      } catch (error) {
        if (!(error instanceof WorkerEndedError)) throw error
        this.#watch.onWorkerLost(error)
        if (attempts === 0) throw error
      }
  }

  /** Throws a Refusal if too much is waiting. */
  requireRoom(): void {
    this.#batches.requireRoom()
  }

  get waiting(): Waiting {
    return this.#batches.waiting
  }

  get metadata() {
    const outputs = this.outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape }))
    return { name: this.name, versions: [this.version], platform: 'moonstep_onnx', inputs, outputs }
  }

  /** Begins to draw rows. Throws a Refusal if the queue is full, and InputError for invalid conditions. */
  draw({ ranges, given, complete, seconds }: RowsRequest): Drawing {
    if (this.#isRetired) throw new Refusal('not-ready', `model ${this.name} was replaced: ask again`)
    const { takesCondition } = internalsOf(this.#model).file.description.network
    if ((given !== undefined || complete) && !takesCondition)
      throw invalid(`model ${this.name} is a model of points and takes no conditions: leave them out`)
    const { file, generator } = internalsOf(this.#model)
    requireRoom(
      generator,
      ranges.reduce((most, range) => Math.max(most, range.from + range.count), 0),
    )
    const constraints = constraintsOf(file.description, given, complete)
    const { knownCells } = constraints
    const count = ranges.reduce((sum, range) => sum + range.count, 0)
    // requests take turns with their attempts, however many pieces they have, and others are answered between them
    const attempts = new Queue()
    const inTurn = <R>(attempt: () => Promise<R>) =>
      attempts.run(() => this.#attempts.run(() => nextPiece().then(() => this.#onThreads(attempt))))
    const draw = { ...this.#baseDraw, ranges, count, ...constraints, inTurn }
    const { pieces, cancel } = this.#batches.add(draw, seconds)
    const done = this.#undrawn.begin()
    pieces.then(done, done)
    const warnings = knownCells ? knownWarnings(this.encoding, knownCells) : []
    return { rows: pieces.then(joinPieces), warnings, cancel }
  }

  /** Returns the named outputs, or all. Throws a Refusal for an unknown name, and for one that is named twice. */
  outputsNamed(names: readonly string[] | undefined): readonly Output[] {
    if (names === undefined) return this.outputs
    const asked = new Set<string>()
    return names.map((name) => {
      if (asked.has(name)) throw invalid(`output ${name} is asked for twice: ask for each once`)
      asked.add(name)
      const output = this.outputs.find((output) => output.name === name)
      if (output) return output
      const all = this.outputs.map(({ name }) => name).join(', ')
      throw invalid(`model ${this.name} has no output ${name}: choose from ${all}`)
    })
  }

  /** Refuses new requests, and frees the model once the pending ones have their rows. */
  async retire(): Promise<void> {
    this.#isRetired = true
    await this.#undrawn.close(() => this.#model.dispose(), 'it was replaced')
  }
}

/** Returns the state of a file without reading its content. Throws if it doesn't exist. */
export async function stateOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path)
  return `${mtimeMs} ${size} ${ino}`
}

function joinPieces(pieces: readonly DrawnRows[]): DrawnRows {
  if (pieces.length === 1) return pieces[0]!
  return { table: joinTables(pieces.map(({ table }) => table)), x_0: joinRows(pieces.map(({ x_0 }) => x_0)) }
}
