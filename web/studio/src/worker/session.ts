import {
  type ColumnChoice,
  checkRules,
  counted,
  type Distribution,
  describeRule,
  type Encoding,
  type FormEnding,
  type Given,
  type Histograms,
  heldSentence,
  histogramsOf,
  humanCount,
  InputError,
  impute,
  type LeftOut,
  loadModel,
  type Model,
  type NamedTable,
  type OnReading,
  previewOf,
  type ReadTable,
  type ReportOptions,
  type Rule,
  type RunStore,
  type RunTables,
  readRowsFor,
  readRun,
  readTable,
  rulesOf,
  sample,
  stepsOf,
  type Table,
  tableFile,
  verdictSentences,
} from 'moonstep/web'
import { columnWarnings, gapsByDesign } from './column-warnings.ts'
import { conditionView } from './condition-view.ts'
import { filledCells, keepGaps } from './fill.ts'
import { yardsticksOf } from './real-distances.ts'
import { Results } from './results.ts'
import { shared } from './shared-numbers.ts'
import { verdictsView } from './verdicts-view.ts'
import type {
  ConditionView,
  FilledView,
  FillRequest,
  ModelView,
  SampleRequest,
  SampleView,
  TableView,
  Watching,
  WideFile,
} from './views.ts'

/** Limits of the studio, for a page's memory. */
const limits = { bytes: 256 * 2 ** 20, columns: 200, sampledCells: 20_000_000 }

/** How many rows of a file the page shows, and how many of those that were asked for. */
const [shownRows, mostShown] = [50, 1000]

/** Tables with few rows train within ten seconds, and can be extended. */
const smallTable = { rows: 500, steps: 1000 }

/** Of fewer rows, none are held out. */
const fewestRows = 5

/** The rows of a file, with the first texts of columns that keep none. */
type ReadRows = NamedTable & Pick<ReadTable, 'firstTexts'> & { readonly sha256?: string }

/** A table as the page shows it. */
interface Shown {
  readonly table: ReadRows
  readonly histograms: Histograms
  readonly view: TableView
}

/** Holds the table and its results off the page's thread: reads, samples, fills, writes. */
export class Session {
  #shown: Shown | undefined
  #run: RunTables | undefined
  #model: { readonly bytes: Uint8Array; readonly loaded: Model } | undefined
  readonly #samples = new Results<Table>()
  readonly #filled = new Results<Table>()

  /** Reads a table's file, or only its columns' names if they are too many. Throws InputError as `readTable` does, and if the file is too large for a page. */
  async read(file: File, choice: ColumnChoice, onReading: OnReading): Promise<TableView | WideFile> {
    const { name, size } = file
    if (size > limits.bytes)
      throw new InputError(
        `${name} has ${humanCount(Math.round(size / 2 ** 20))} MiB, and the studio takes up to ${limits.bytes / 2 ** 20}: give fewer rows, or use the command line, which reads files of any size`,
        'out-of-range',
      )
    const { leftOut, notes, ...table } = await readTable(file, { choice, keepsTexts: true, onReading })
    const { length } = table.columns
    if (length > limits.columns)
      return { name, columns: table.columns.map(({ name }) => name), most: limits.columns }
    if (length === 1 && leftOut.length === 0)
      throw new InputError(
        `${name} has one column, ${table.columns[0]!.name}: give two or more, separated by commas, semicolons or tabs, because a model learns how columns depend on each other`,
        'bad-data',
      )
    const shown = shownTable(table, leftOut, notes)
    await this.forget()
    this.#shown = shown
    return shown.view
  }

  /** The table, or its first rows, and the number of training steps on all. */
  trainingData(most = Number.POSITIVE_INFINITY): { readonly dataset: Table; readonly steps: number } {
    const rows = this.#table.count
    if (rows < fewestRows)
      throw new InputError(
        `${this.#table.name} has ${counted(rows, 'row')}: give ${fewestRows} or more, because some are held out to judge the result`,
        'bad-data',
      )
    const count = Math.min(most, rows)
    const columns = this.#table.columns.map((column) => ({
      ...column,
      cells: shared(column.cells.subarray(0, count)),
    }))
    return { dataset: { count, columns }, steps: stepsFor(this.#table) }
  }

  /** Distributions of intermediate samples. */
  sharesOf(samples: Table): Distribution[] {
    return this.#shown!.histograms.of(samples)
  }

  /** Restores the table of a stored run. */
  async restore(name: string, store: RunStore, leftOut: readonly LeftOut[]): Promise<TableView> {
    const run = await readRun(store)
    const shown = shownTable({ ...run.rows, name }, leftOut, [])
    await this.forget()
    this.#run = run
    this.#shown = shown
    return shown.view
  }

  /** A rule as its user states it. Throws InputError as `train` does on one that can't be, or that rows break. */
  stateRule(rule: Rule | string): string {
    const text = typeof rule === 'string' ? rule.trim() : describeRule(rule)
    checkRules([text], this.#table)
    return text
  }

  /** What is wrong with a condition, and how many rows of the file meet it. */
  checkGiven(given: Given): ConditionView {
    return conditionView(given, (each) => this.#shown!.histograms.where(each, this.#encoding).rows)
  }

  /** Loads model.onnx of a run; with the table as it is shown, if training left columns of it out. */
  async open(
    store: RunStore,
    bytes: Uint8Array,
    threads: number,
  ): Promise<ModelView & { readonly table?: TableView }> {
    const run = await readRun(store)
    await this.#model?.loaded.dispose()
    this.#model = { bytes, loaded: await loadModel(bytes, { threads }) }
    this.#run = run
    this.#forgetRows()
    const { encoding, train, holdout, closeness, verdicts } = run
    const table = this.#withoutLeftOut(run)
    return {
      ...(table && { table }),
      verdicts: verdicts && verdictsView(verdicts, verdictSentences(verdicts, closeness)),
      holds: heldSentence([run]),
      doubts: closeness?.doubt ? [closeness.doubt] : [],
      hasGapsByDesign: gapsByDesign(run.rows).length > 0,
      rules: rulesOf(encoding),
      gaps: Object.fromEntries(encoding.columns.map(({ name, gaps }) => [name, gaps === true])),
      rows: { train: train!.count, holdout: holdout?.count ?? 0 },
    }
  }

  /** Draws samples: those of the command line with `--provider simd`, to the bit. */
  async sample({ shown: former, ...request }: SampleRequest, watching: Watching): Promise<SampleView> {
    const { count, seed, given } = request
    this.#samples.keepOnly(former)
    const { signal } = watching
    const { loaded } = this.#model!
    const { columns } = this.#encoding
    const max = Math.floor(limits.sampledCells / columns.length)
    if (count > max)
      throw new InputError(
        `${humanCount(count)} rows of ${counted(columns.length, 'column')} are more than a page can hold: give up to ${humanCount(max)}, or use the command line`,
        'out-of-range',
      )
    const warnings: string[] = []
    const onWarning = (text: string) => warnings.push(text)
    const start = performance.now()
    const { table } = await sample(loaded, { count, seed, given, onWarning, ...watching })
    const seconds = (performance.now() - start) / 1000
    const shown = {
      ...request,
      seconds,
      warnings,
      columns: table.columns.map(({ name }) => name),
      preview: previewOf(table, Math.min(table.count, mostShown)),
      samples: this.sharesOf(table),
      ...yardsticksOf(this.#run!, this.#table),
    }
    if (Object.keys(given).length === 0) return { ...shown, id: this.#samples.add(table) }
    // enough for a picture
    const before = await sample(loaded, { count: Math.min(count, 2000), seed, signal, onWarning: () => {} })
    const meeting = this.#shown!.histograms.where(given, this.#encoding)
    return {
      ...shown,
      before: this.sharesOf(before.table),
      ...(meeting.rows > 0 && { meeting }),
      // only now can nothing fail any more
      id: this.#samples.add(table),
    }
  }

  /** Fills the empty cells of a file. Throws InputError as `impute` does. */
  async fill({ file, seed, keepsGapsByDesign, shown }: FillRequest, watching: Watching): Promise<FilledView> {
    const { loaded } = this.#model!
    this.#filled.keepOnly(shown)
    const rows = await readRowsFor(loaded, file)
    const warnings: string[] = []
    const onWarning = (text: string) => warnings.push(text)
    const table = await impute(loaded, rows, { seed, onWarning, ...watching })
    const left = keepsGapsByDesign ? keepGaps(table, rows, gapsByDesign(this.#run!.rows)) : 0
    const gaps = rows.columns.reduce((sum, { cells }) => sum + cells.filter(Number.isNaN).length, 0)
    return {
      rows: table.count,
      cells: gaps - left,
      left,
      columns: table.columns.map(({ name }) => name),
      preview: previewOf(table, shownRows),
      marks: filledCells(table, rows, shownRows),
      warnings,
      id: this.#filled.add(table),
    }
  }

  /** The generated or filled rows of a number as a file. */
  rowsFile(of: 'samples' | 'filled', id: number, ending: FormEnding): Blob {
    return tableFile((of === 'samples' ? this.#samples : this.#filled).get(id), ending)
  }

  modelFile(): Uint8Array {
    return this.#model!.bytes
  }

  /** A report's tables, with as many samples as training rows. Throws InputError without held-out rows. */
  async reportSources(seed: number, watching: Watching): Promise<ReportOptions> {
    const { train, holdout: against, rows: _, validation: __, ...ofRun } = this.#run!
    if (!against) throw new InputError('there are no held-out rows to compare with', 'missing')
    const { count } = train!
    const { table } = await sample(this.#model!.loaded, { count, seed, onWarning: () => {}, ...watching })
    const samples: NamedTable = { name: 'the samples', ...table }
    return { ...ofRun, samples, against, train: train!, seed }
  }

  /** The real rows and the generated ones of a number, for a picture of two columns. */
  pairSources(id: number): { readonly real: Table; readonly samples: Table } {
    const { count, columns } = this.#table
    return { real: { count, columns }, samples: this.#samples.get(id) }
  }

  async forget(): Promise<void> {
    await this.#model?.loaded.dispose()
    this.#shown = this.#run = this.#model = undefined
    this.#forgetRows()
  }

  #forgetRows(): void {
    this.#samples.keepOnly(undefined)
    this.#filled.keepOnly(undefined)
  }

  get #table(): ReadRows {
    return this.#shown!.table
  }

  get #encoding(): Encoding {
    return this.#run!.encoding
  }

  /** Takes the columns out of the table that training left out, such as those of names that none but real rows have. */
  #withoutLeftOut({ encoding, leftOut = [] }: RunTables): TableView | undefined {
    const table = this.#table
    const modelNames = new Set(encoding.columns.map(({ name }) => name))
    const columns = table.columns.filter(({ name }) => modelNames.has(name))
    if (columns.length === table.columns.length) return undefined
    const ofTraining = leftOut.map((each) => ({ ...each, kind: null }))
    this.#shown = shownTable({ ...table, columns }, [...this.#shown!.view.leftOut, ...ofTraining], [])
    return this.#shown.view
  }
}

function shownTable(table: ReadRows, leftOut: readonly LeftOut[], notes: readonly string[]): Shown {
  const histograms = histogramsOf(table)
  const { name, count, sha256: digest } = table
  const view = {
    name,
    rows: count,
    columns: histograms.columns,
    leftOut,
    notes,
    preview: previewOf(table, shownRows),
    warnings: columnWarnings(table),
    digest,
    steps: stepsFor(table),
  }
  return { table, histograms, view }
}

/** The number of training steps: small tables need fewer than the recipe's. */
function stepsFor(table: Table): number {
  const steps = stepsOf(table, { recipe: 'table' })
  return table.count < smallTable.rows ? Math.min(steps, smallTable.steps) : steps
}
