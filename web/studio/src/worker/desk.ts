import { type ChunkWorker, simdInPage } from '../../../../src/browser/simd.ts'
import type { Distribution } from '../../../../src/charts/marks/column-axes.ts'
import { chunksOf } from '../../../../src/core/bytes.ts'
import { InputError } from '../../../../src/core/errors.ts'
import { counted, humanCount } from '../../../../src/core/format.ts'
import { exportModelOf } from '../../../../src/export/export-model.ts'
import { impute, readingOf } from '../../../../src/infer/impute.ts'
import type { Model } from '../../../../src/infer/model.ts'
import { openModel } from '../../../../src/infer/open-model.ts'
import { sample } from '../../../../src/infer/sample.ts'
import { memoryStore, type RunFiles, runConfigIn, trainedRunIn } from '../../../../src/model/run-store.ts'
import { canShareMemory } from '../../../../src/numerics/kernels/memory.ts'
import { type FloatArray, gatherRows, type Points } from '../../../../src/numerics/points.ts'
import type { ReportOptions } from '../../../../src/report/report.ts'
import { type Given, knownOf } from '../../../../src/table/condition.ts'
import { type Encoding, encodingOf } from '../../../../src/table/encodings/encoding.ts'
import { encodeRows, type FormEnding } from '../../../../src/table/formats/forms.ts'
import { readTableBytes, tableEndingOf } from '../../../../src/table/formats/read-bytes.ts'
import type { OnReading } from '../../../../src/table/formats/table-file.ts'
import type { ColumnChoice } from '../../../../src/table/inference/choice.ts'
import type { LeftOut } from '../../../../src/table/inference/infer.ts'
import { matchColumns, type NamedTable, type Table } from '../../../../src/table/table.ts'
import { dataSizeOf, recipeOf } from '../../../../src/train/recipes.ts'
import { type ColumnView, type Preview, previewOf, Views } from './views.ts'

/** Limits of the studio, for a page's memory. */
const limits = { bytes: 256 * 2 ** 20, columns: 200, sampledCells: 20_000_000 }

/** Tables with few rows train within ten seconds, and can be extended. */
const smallTable = { rows: 500, steps: 1000 }

/** A table for the page. */
export interface TableView {
  readonly name: string
  readonly rows: number
  readonly columns: readonly ColumnView[]
  readonly leftOut: readonly LeftOut[]
  /** Notes on ambiguous cells. */
  readonly notes: readonly string[]
  readonly preview: Preview
}

/** Facts of a trained model. */
export interface ModelView {
  /** Whether a column may be missing, by name. */
  readonly gaps: Readonly<Record<string, boolean>>
  readonly rows: { readonly train: number; readonly holdout: number }
  readonly threads: number
}

export interface SampleRequest {
  readonly count: number
  readonly seed: number
  readonly given: Given
}

/** Samples for the page. */
export interface SampleView extends SampleRequest {
  readonly seconds: number
  readonly warnings: readonly string[]
  readonly columns: readonly string[]
  readonly preview: Preview
  /** By the table's columns. */
  readonly samples: readonly Distribution[]
  /** With a condition: the same seed's samples without it, and the real rows that meet it. */
  readonly before?: readonly Distribution[]
  readonly meeting?: { readonly rows: number; readonly shares: readonly Distribution[] }
}

/** A file with filled gaps. */
export interface FilledView {
  readonly rows: number
  readonly cells: number
  readonly columns: readonly string[]
  readonly preview: Preview
  readonly warnings: readonly string[]
}

type OnDone = (done: number, count: number) => void

/** Holds the table and its results off the page's thread: reads, samples, fills, writes. */
export class Desk {
  #table: NamedTable<Float64Array> | undefined
  #views: Views | undefined
  #train: NamedTable | undefined
  #holdout: NamedTable | undefined
  #encoding: Encoding | undefined
  #model: { readonly bytes: Uint8Array; readonly loaded: Model } | undefined
  #samples: Table | undefined
  #filled: Table | undefined
  #running = new AbortController()

  /** Reads a table's file. Throws InputError as `readTable` does, and if the file is too large for a page. */
  async read(file: File, choice: ColumnChoice, onReading: OnReading): Promise<TableView> {
    const { name, size } = file
    if (size > limits.bytes)
      throw new InputError(
        `${name} has ${humanCount(Math.round(size / 2 ** 20))} MiB, and the studio takes up to ${limits.bytes / 2 ** 20}: give fewer rows, or use the command line, which reads files of any size`,
        'out-of-range',
      )
    const source = { name, size, bytes: chunksOf(file.stream()) }
    const { leftOut, notes, ...table } = await readTableBytes(tableEndingOf(undefined, name), source, {
      choice,
      onReading,
    })
    const { length } = table.columns
    if (length > limits.columns)
      throw new InputError(
        `${name} has ${length} columns, and the studio takes up to ${limits.columns}: leave some out, or use the command line`,
        'out-of-range',
      )
    if (length === 1 && leftOut.length === 0)
      throw new InputError(
        `${name} has one column, ${table.columns[0]!.name}: give two or more, separated by commas, semicolons or tabs, because a model learns how columns depend on each other`,
        'bad-data',
      )
    await this.forget()
    return this.#show(table, leftOut, notes)
  }

  /** The table and the number of training steps: small tables need fewer than the recipe's. */
  trainingData(holdout: number): { readonly dataset: Table; readonly steps: number } {
    const { columns, points } = this.#table!
    const dataset = { columns, points: { ...points, data: shared(points.data) } }
    const rows = Math.round((1 - holdout) * points.count)
    const { steps } = recipeOf('table', { ...dataSizeOf(dataset), rows })
    return { dataset, steps: rows < smallTable.rows ? Math.min(steps, smallTable.steps) : steps }
  }

  /** Distributions of intermediate samples. */
  sharesOf(samples: Table): Distribution[] {
    return this.#views!.sharesOf(this.#views!.matched(samples))
  }

  /** Restores the table of a stored run. */
  async restore(name: string, files: RunFiles, leftOut: readonly LeftOut[]): Promise<TableView> {
    await this.forget()
    const store = memoryStore()
    await store.writeTogether(files)
    const encoding = encodingOf(await runConfigIn(store))
    await this.#readRows(files, encoding)
    return this.#show({ ...joined(encoding, this.#train!, this.#holdout), name }, leftOut, [])
  }

  /** Makes model.onnx of a run, and loads it. */
  async open(files: RunFiles, threads: number): Promise<ModelView> {
    const store = memoryStore()
    await store.writeTogether(files)
    const encoding = encodingOf(await runConfigIn(store))
    await this.#readRows(files, encoding)
    const { model: bytes } = await exportModelOf(await trainedRunIn(store), undefined)
    await this.#model?.loaded.dispose()
    const loaded = await openModel(bytes, 'the model', [simdInPage(startChunkWorker)], { threads })
    this.#model = { bytes, loaded }
    this.#encoding = encoding
    this.#samples = undefined
    this.#filled = undefined
    return {
      gaps: Object.fromEntries(encoding.columns.map(({ name, gaps }) => [name, gaps === true])),
      rows: { train: this.#train!.points.count, holdout: this.#holdout?.points.count ?? 0 },
      threads: loaded.info.threads,
    }
  }

  /** Draws samples: those of the command line with `--provider simd`, to the bit. */
  async sample(request: SampleRequest, onDone: OnDone): Promise<SampleView> {
    const { count, seed, given } = request
    const { loaded } = this.#model!
    const { columns } = this.#encoding!
    const max = Math.floor(limits.sampledCells / columns.length)
    if (count > max)
      throw new InputError(
        `${humanCount(count)} rows of ${counted(columns.length, 'column')} are more than a page can hold: give up to ${humanCount(max)}, or use the command line`,
        'out-of-range',
      )
    const isConditional = Object.keys(given).length > 0
    this.#running = new AbortController()
    const { signal } = this.#running
    const warnings: string[] = []
    const draw = (given: Given, onWarning: (text: string) => void, onDone?: OnDone) =>
      sample(loaded, {
        count,
        seed,
        given,
        signal,
        onWarning,
        onProgress: ({ done, count }) => onDone?.(done, count),
      })
    const start = performance.now()
    const { table } = await draw(given, (text) => warnings.push(text), onDone)
    const seconds = (performance.now() - start) / 1000
    this.#samples = table
    const shown = {
      ...request,
      seconds,
      warnings,
      columns: table.columns.map(({ name }) => name),
      preview: previewOf(table),
      samples: this.sharesOf(table),
    }
    if (!isConditional) return shown
    // enough for a picture
    const before = await sample(loaded, { count: Math.min(count, 2000), seed, signal, onWarning: () => {} })
    const meeting = this.#meeting(given)
    return {
      ...shown,
      before: this.sharesOf(before.table),
      ...(meeting.count > 0 && { meeting: { rows: meeting.count, shares: this.#views!.sharesOf(meeting) } }),
    }
  }

  /** Fills the empty cells of a file. Throws InputError as `impute` does. */
  async fill(file: File, seed: number, onDone: OnDone): Promise<FilledView> {
    const { name, size } = file
    const encoding = this.#encoding!
    const { choice, keepsAll } = readingOf(encoding)
    const source = { name, size, bytes: chunksOf(file.stream()) }
    const rows = await readTableBytes(tableEndingOf(undefined, name), source, { choice, keepsAll })
    this.#running = new AbortController()
    const warnings: string[] = []
    const table = await impute(this.#model!.loaded, rows, {
      seed,
      signal: this.#running.signal,
      onWarning: (text) => warnings.push(text),
      onProgress: ({ done, count }) => onDone(done, count),
    })
    this.#filled = table
    return {
      rows: table.points.count,
      cells: rows.points.data.reduce((sum, cell) => sum + (Number.isNaN(cell) ? 1 : 0), 0),
      columns: table.columns.map(({ name }) => name),
      preview: previewOf(table),
      warnings,
    }
  }

  /** Stops sampling or filling. */
  stop(): void {
    this.#running.abort(new InputError('stopped', 'conflict'))
  }

  /** The generated or filled rows as a file. */
  rowsFile(of: 'samples' | 'filled', ending: FormEnding): Blob {
    const { points, columns } = (of === 'samples' ? this.#samples : this.#filled)!
    return new Blob([encodeRows(ending, points, { columns }) as BlobPart])
  }

  modelFile(): Uint8Array {
    return this.#model!.bytes
  }

  /** A report's tables, with as many samples as training rows. Throws InputError without held-out rows. */
  async reportSources(seed: number, onDone: OnDone): Promise<ReportOptions> {
    const train = this.#train!
    const against = this.#holdout
    if (!against) throw new InputError('there are no held-out rows to compare with', 'missing')
    this.#running = new AbortController()
    const { table } = await sample(this.#model!.loaded, {
      count: train.points.count,
      seed,
      signal: this.#running.signal,
      onWarning: () => {},
      onProgress: ({ done, count }) => onDone(done, count),
    })
    const samples: NamedTable = { name: 'the samples', ...table }
    return { samples, against, train, encoding: this.#encoding, seed }
  }

  /** The real rows and those generated, for a picture of two columns. */
  pairSources(): { readonly against: Table; readonly samples: Table } {
    const { columns, points } = this.#table!
    return { against: { columns, points }, samples: this.#samples! }
  }

  async forget(): Promise<void> {
    this.#running.abort()
    await this.#model?.loaded.dispose()
    this.#table = this.#views = this.#train = this.#holdout = undefined
    this.#encoding = this.#model = this.#samples = this.#filled = undefined
  }

  #show(table: NamedTable<Float64Array>, leftOut: readonly LeftOut[], notes: readonly string[]): TableView {
    this.#table = table
    this.#views = new Views(table)
    const { name, points } = table
    const { columns } = this.#views
    return { name, rows: points.count, columns, leftOut, notes, preview: previewOf(table) }
  }

  /** Reads train.csv and holdout.csv, if they exist. */
  async #readRows(files: RunFiles, encoding: Encoding): Promise<void> {
    const types = Object.fromEntries(encoding.columns.map(({ name, kind }) => [name, kind]))
    const read = (name: string, content: string | Uint8Array | null | undefined) =>
      content
        ? readTableBytes(
            '.csv',
            { name, size: 0, bytes: chunksOf(new Blob([content as BlobPart]).stream()) },
            { choice: { types } },
          )
        : undefined
    this.#train = await read('train.csv', files.train)
    this.#holdout = await read('holdout.csv', files.holdout)
  }

  /** The real rows with the given values. */
  #meeting(given: Given): Points<FloatArray> {
    const { columns, points } = this.#table!
    const { cells, missing } = knownOf(this.#encoding!, given)
    const wanted = this.#views!.matched({ columns: this.#encoding!.columns, points: cells })
    const gaps = new Set([...(missing ?? [])].map((d) => this.#encoding!.columns[d]!.name))
    const meets = (i: number) =>
      columns.every(({ name }, d) => {
        const cell = points.data[i * points.dim + d]!
        if (gaps.has(name)) return Number.isNaN(cell)
        return Number.isNaN(wanted.data[d]!) || wanted.data[d] === cell
      })
    return gatherRows(points, Array.from({ length: points.count }, (_, i) => i).filter(meets))
  }
}

/** The rows of a run as one table of the model's columns. */
function joined(
  { columns }: Encoding,
  train: NamedTable,
  holdout: NamedTable | undefined,
): Table<Float64Array> {
  const parts = [train, ...(holdout ? [holdout] : [])].map((table) =>
    matchColumns(table, { name: 'the model', columns }),
  )
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const data = new Float64Array(count * columns.length)
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { columns, points: { data, count, dim: columns.length } }
}

/** The numbers in shared memory, if allowed, which crosses the page's thread without a copy. */
function shared(data: Float64Array): Float64Array {
  if (!canShareMemory()) return data
  const copy = new Float64Array(new SharedArrayBuffer(data.byteLength))
  copy.set(data)
  return copy
}

/** An earlier model's threads, reused by the next: a worker can't end threads that the page started for it. */
const free: ChunkWorker[] = []

function startChunkWorker(): ChunkWorker {
  const worker = free.pop() ?? new Worker(location.href, { type: 'module', name: 'simd' })
  return {
    postMessage: worker.postMessage.bind(worker) as ChunkWorker['postMessage'],
    terminate: () => free.push(worker),
  }
}
