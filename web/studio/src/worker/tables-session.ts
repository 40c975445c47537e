import {
  counted,
  heldSentence,
  histogramsOf,
  humanCount,
  InputError,
  isGenerated,
  previewOf,
  type RunFile,
  type RunFiles,
  type RunStore,
  type Table,
} from 'moonstep/web'
import {
  type Database,
  type DatabaseModel,
  databaseSentences,
  exportDatabase,
  loadDatabase,
  parseSchema,
  readDatabase,
  type Schema,
  schemaToJson,
  type TableSamples,
  tablesInOrder,
  tablesZip,
  trainDatabase,
  unjudgedSentences,
} from 'moonstep/web/databases'
import { Results } from './results.ts'
import type {
  OneTableView,
  TableStores,
  TablesModelView,
  TablesSampleRequest,
  TablesSampleView,
  TablesTrainingRequest,
  TablesView,
  TablesWatching,
} from './tables-views.ts'
import { verdictsView } from './verdicts-view.ts'

/** Limits of the studio, for a page's memory. */
const limits = { bytes: 256 * 2 ** 20, columns: 200, rows: 2_000_000 }

/** How many rows of a file the page shows, and how many of those that were asked for. */
const [shownRows, mostShown] = [50, 1000]

/** Holds several tables and what comes of them off the page's thread: reads, trains, samples, writes. */
export class TablesSession {
  #database: Database | undefined
  #model: { readonly bytes: Uint8Array; readonly loaded: DatabaseModel } | undefined
  readonly #samples = new Results<TableSamples>()
  readonly #stopped = new AbortController()

  /**
   * Reads tables, each from its file; a schema among the files, or the one that is given, says how they meet. Throws InputError as
   * `readDatabase` does, and if they are too large for a page.
   */
  async read(files: readonly File[], given?: Schema): Promise<TablesView> {
    const size = files.reduce((sum, file) => sum + file.size, 0)
    if (size > limits.bytes)
      throw new InputError(
        `the files have ${humanCount(Math.round(size / 2 ** 20))} MiB, and the studio takes up to ${limits.bytes / 2 ** 20}: give fewer rows, or use the command line, which reads files of any size`,
        'out-of-range',
      )
    const file = files.find(({ name }) => name === 'schema.json')
    // what menus say is checked as a file is
    const json = given ? schemaToJson(given) : await file?.text()
    const schema = json === undefined ? undefined : parseSchema(json, 'schema.json')
    const notices: string[] = []
    const database = await readDatabase(files, { schema, onNotice: (notice) => notices.push(notice) })
    for (const [name, { columns }] of database.tables)
      if (columns.length > limits.columns)
        throw new InputError(
          `${name} has ${counted(columns.length, 'column')}, and the studio takes up to ${limits.columns} in each of several tables: leave some out`,
          'out-of-range',
        )
    await this.forget()
    this.#database = database
    return {
      schema: database.schema,
      tables: tablesInOrder(database.schema).map((name) => viewOf(name, database.tables.get(name)!)),
      notices,
    }
  }

  /** Reads a schema.json of this name. Throws InputError on another form. */
  parse(json: string, name: string): Schema {
    return parseSchema(json, name)
  }

  /** Trains a model of each table, and gives the .moonstep file; undefined if it was stopped, with a checkpoint saved. */
  async train(request: TablesTrainingRequest, stores: TableStores): Promise<Uint8Array | undefined> {
    const { signal } = this.#stopped
    try {
      const trained = await trainDatabase({
        ...request,
        dataset: this.#database!,
        seed: 0,
        storeOf: (table) => storeOf(stores, table),
        signal,
        onNote() {},
        onWarning() {},
      })
      return await exportDatabase(trained)
    } catch (error) {
      if (signal.aborted && error === signal.reason) return undefined
      throw error
    }
  }

  /** Ends the training after its next step. */
  stop(): void {
    this.#stopped.abort()
  }

  /** Loads a .moonstep file. */
  async open(bytes: Uint8Array, threads: number): Promise<TablesModelView> {
    await this.#model?.loaded.dispose()
    this.#samples.keepOnly(undefined)
    const loaded = await loadDatabase(bytes, { threads })
    this.#model = { bytes, loaded }
    const { roots, verdicts, verdictsOf, models, schema } = loaded
    const cards = [...models.values()].map(({ card: { encoding = { columns: [] }, rareNames } }) => ({
      encoding,
      rareNames,
    }))
    const kept = Object.entries(schema.tables).flatMap(([table, { keep }]) => (keep ? [table] : []))
    const found = verdicts && verdictsOf && { verdicts, verdictsOf }
    return {
      roots,
      holds: heldSentence(cards, kept),
      verdicts: found && verdictsView(verdicts, databaseSentences(found), unjudgedSentences(found)),
    }
  }

  /** Draws rows of all tables: those of the command line with `--provider simd`, to the bit. */
  async sample(
    { count, seed, shown }: TablesSampleRequest,
    { onProgress, signal }: TablesWatching,
  ): Promise<TablesSampleView> {
    this.#samples.keepOnly(shown)
    const asked = Object.entries(count)
    for (const [name, rows] of asked)
      if (rows > limits.rows)
        throw new InputError(
          `${humanCount(rows)} rows of ${name} are more than a page can hold: give up to ${humanCount(limits.rows)}, or use the command line`,
          'out-of-range',
        )
    const start = performance.now()
    const samples = await this.#model!.loaded.sample({ count, seed, signal, onProgress })
    const seconds = (performance.now() - start) / 1000
    return {
      count,
      seed,
      seconds,
      tables: tablesInOrder(samples.schema).map((name) => {
        const table = samples.tables.get(name)!
        return {
          name,
          rows: table.count,
          columns: table.columns.map((column) => column.name),
          preview: previewOf(table, mostShown),
        }
      }),
      id: this.#samples.add(samples),
    }
  }

  /** The generated rows of a number, a CSV file for each table. */
  rowsZip(id: number): Uint8Array {
    return tablesZip(this.#samples.get(id).tables)
  }

  modelFile(): Uint8Array {
    return this.#model!.bytes
  }

  async forget(): Promise<void> {
    await this.#model?.loaded.dispose()
    this.#database = this.#model = undefined
    this.#samples.keepOnly(undefined)
  }
}

function viewOf(name: string, table: Table): OneTableView {
  const { columns } = histogramsOf(table)
  return {
    name,
    rows: table.count,
    columns: columns.map(({ column, says }, d) => ({
      name: column.name,
      kind: column.kind,
      says,
      ...uniquenessOf(table.columns[d]!.cells),
      ...(isGenerated(column) && column.kind === 'key' && { isUnique: true }),
    })),
    preview: previewOf(table, shownRows),
  }
}

function uniquenessOf(cells: Float64Array) {
  const values = new Set(cells)
  const hasGaps = values.has(Number.NaN)
  return { hasGaps, isUnique: !hasGaps && values.size === cells.length }
}

/** A table's run in the page's storage. */
function storeOf({ read, writeTogether, append }: TableStores, table: string): RunStore {
  return {
    folder: table,
    read: (file: RunFile) => read(table, file),
    writeTogether: (files: RunFiles) => writeTogether(table, files),
    append: (file: RunFile, text: string) => append(table, file, text),
  }
}
