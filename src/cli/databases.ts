/** The commands on several tables: train, export and sample turn to these for a database. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { withoutPasswords } from '../core/address.ts'
import { InputError, messageOf, unknownName } from '../core/errors.ts'
import { cannotRead } from '../core/files.ts'
import { counted, humanBytes, humanCount, humanSeconds } from '../core/format.ts'
import { tablesTrainingOptions } from '../database/learned/train-tables.ts'
import { parseSchema, type Schema } from '../database/schema.ts'
import { isDuckdb, isPostgres, isSqliteName } from '../database/stores/open.ts'
import { isSqlite } from '../database/stores/sqlite.ts'
import { checkTarget, writeDatabase } from '../database/stores/write.ts'
import { exportDatabase, loadDatabase, readSchemaOf } from '../node/databases.ts'
import type { NodeLoadOptions } from '../node/providers.ts'
import { trainDatabase } from '../node/train-databases.ts'
import { databaseSentences, unjudgedSentences } from '../report/database/verdict.ts'
import { sampleEndings } from '../table/formats/files.ts'
import { givenFrom } from '../table/given.ts'
import type { Given } from '../table/known.ts'
import type { TrainRequest } from '../train/options.ts'
import { givenAmong, inFlags, namedInApi, warningInFlags } from './command.ts'
import { saySentences } from './measured-samples.ts'
import { type ProviderArguments, providerOptions } from './options.ts'
import { note, printJson, suggest, waitFor, waitForWork, warn } from './output.ts'
import { trainingStage } from './training.ts'

/** Whether a dataset is several tables: a folder, a database's file or its address. */
export function isDatabaseSource(dataset: string): boolean {
  if (isPostgres(dataset) || isDuckdb(dataset) || isSqliteName(dataset)) return true
  return statSync(dataset, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Whether a file is of the models of several tables. */
export function isDatabaseFile(path: string): boolean {
  return /\.moonstep$/i.test(path)
}

interface TrainArguments {
  readonly out: string
  readonly schema?: string | undefined
  readonly rule?: readonly string[] | undefined
  readonly resume?: boolean | undefined
  readonly json?: boolean | undefined
}

/** Trains a model of each table, with a progress bar. Throws InputError on options of a single table. */
export async function trainTables(
  argv: TrainArguments,
  { dataset, out: _, ...request }: Omit<TrainRequest, 'dataset'> & { readonly dataset: string | undefined },
): Promise<void> {
  const { out } = argv
  const taken: readonly string[] = tablesTrainingOptions
  const others = Object.keys(request).filter((name) => !taken.includes(name))
  const other = givenAmong(request, others)
  if (other !== undefined) {
    const flag = other === 'rules' && argv.rule !== undefined ? '--rule' : `\`${other}\``
    throw ofOneTable(flag, other, dataset!)
  }
  const options = Object.fromEntries(tablesTrainingOptions.map((name) => [name, request[name]]))
  const start = performance.now()
  const { trained, kept, verdicts, verdictsOf } = await waitForWork(
    'reading the tables',
    async (signal, progress) => {
      let table = ''
      const ofTable = (line: string) => (table === '' ? line : `${table}: ${line}`)
      return trainDatabase({
        ...options,
        dataset: dataset!,
        schema: argv.schema === undefined ? undefined : schemaIn(argv.schema),
        out,
        resume: argv.resume,
        signal,
        onTable(name) {
          table = name
        },
        onNote: (line) => note(inFlags(ofTable(line))),
        onWarning: (line) => warn(warningInFlags(ofTable(line))),
        onWork: progress.update,
        onProgress: (now) => progress.update(trainingStage(`training ${table}`, now)),
      })
    },
  )
  const seconds = (performance.now() - start) / 1000
  const keptTables = [...kept.keys()]
  const keeping = kept.size > 0 ? `, and kept the rows of ${keptTables.join(', ')}` : ''
  note(`trained ${[...trained.keys()].join(', ')} in ${humanSeconds(seconds)}${keeping}: ${out}`)
  saySentences(verdicts, databaseSentences({ verdicts, verdictsOf }))
  for (const line of unjudgedSentences({ verdicts, verdictsOf })) note(line)
  const facts = [...trained].map(([name, { steps, finalLoss, closeness }]) => {
    return [name, { steps, finalLoss, closeness }]
  })
  const tables = Object.fromEntries(facts)
  if (argv.json) printJson({ run: out, seconds, kept: keptTables, tables, verdicts, verdictsOf })
  suggest(['export', out])
}

function ofOneTable(flag: string, option: string, dataset: string): InputError {
  const remedy =
    option === 'rules'
      ? 'state the rules of each table in schema.json, as its "rules"'
      : 'leave it out; schema.json says kinds, keys and rules'
  return new InputError(
    `${flag} is for one table, and ${dataset} has several: ${remedy} (moonstep schema ${withoutPasswords(dataset)} --out schema.json)`,
    'conflict',
    { option },
  )
}

function schemaIn(file: string): Schema {
  try {
    return parseSchema(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(
      `cannot read ${file}: ${messageOf(error)}: moonstep schema DATASET --out ${file} writes one`,
      'cannot-read',
      { option: 'schema', value: file },
    )
  }
}

interface ExportArguments {
  readonly run: string
  readonly out?: string | undefined
  readonly json?: boolean | undefined
}

/** Writes the .moonstep file of a folder of runs. Throws InputError on options of a single model. */
export async function exportTables(argv: ExportArguments): Promise<void> {
  const { run, out = `${basename(resolve(run))}.moonstep`, json } = argv
  const ofOneModel = ['sampler-out', 'seeded-out', 'sampler', 'num-steps', 'timesteps', 'trajectory']
  const other = givenAmong(argv, ofOneModel)
  if (other !== undefined)
    throw new InputError(
      `--${other} is of one table's files, and ${run} has several tables: export the folder of one in ${run}`,
      'conflict',
    )
  if (!isDatabaseFile(out))
    throw new InputError(
      `--out ${out}: the models of several tables go into a .moonstep file, such as ${basename(resolve(run))}.moonstep`,
      'out-of-range',
      { option: 'out', value: out },
    )
  const bytes = await waitFor('exporting', () => exportDatabase({ run, out }))
  note(`wrote ${out} (${humanBytes(bytes.length)})`)
  if (json) printJson({ model: out, bytes: bytes.length })
  suggest(['sample', out, '--out', `${basename(out, '.moonstep')}-synthetic`])
}

interface SampleArguments extends ProviderArguments {
  readonly model: string
  readonly count?: string | undefined
  readonly seed: number
  readonly given?: readonly string[] | undefined
  readonly out?: string | undefined
  readonly append?: boolean | undefined
  readonly like?: string | undefined
  readonly json?: boolean | undefined
  readonly [option: string]: unknown
}

/** The options of a single model; 0 and false are their defaults. */
const ofOneModel = [
  ...['from', 'shard', 'format', 'trajectory', 'given-file', 'complete', 'clip'],
  ...['sampler', 'num-steps', 'timesteps'],
]

/** Draws rows of several tables. Throws InputError on options of a single model. */
export async function sampleTables(argv: SampleArguments): Promise<void> {
  const { model: path, out, seed, append, like: source, json } = argv
  const other = ofOneModel.find((name) => argv[name])
  if (other !== undefined)
    throw new InputError(
      `--${other} is for the model of one table, and ${path} has several: leave it out`,
      'conflict',
      { option: other },
    )
  if (out === undefined)
    throw new InputError(
      'several tables do not fit on stdout: give --out a folder, a .sqlite, .duckdb or .sql file, or postgres://…',
      'missing',
      { option: 'out' },
    )
  requireTarget(out)
  if (source !== undefined) await requireLike(source, out)
  const start = performance.now()
  const rows = await waitForWork('loading the models', async (signal, progress) => {
    await checkTarget(out, await readSchemaOf(path), { append, source, signal })
    const { provider, ...options } = namedInApi(providerOptions, argv)
    const model = await loadDatabase(path, { ...options, provider: provider as NodeLoadOptions['provider'] })
    try {
      const samples = await model.sample({
        count: countsOf(argv.count, Object.keys(model.schema.tables)),
        seed,
        given: givenOf(argv.given, Object.keys(model.schema.tables)),
        signal,
        onWarning: (line) => warn(warningInFlags(line)),
        onProgress: ({ table, done, count }) =>
          progress.update({ stage: `drawing ${table}`, unit: 'rows', done, count }),
      })
      await writeDatabase(out, samples, { append, source, signal })
      return Object.fromEntries([...samples.tables].map(([name, { count }]) => [name, count]))
    } finally {
      await model.dispose()
    }
  })
  const seconds = (performance.now() - start) / 1000
  const all = Object.entries(rows).map(([name, count]) => `${humanCount(count)} of ${name}`)
  note(`drew ${all.join(', ')} in ${humanSeconds(seconds)}: ${out}`)
  if (json) printJson({ out, rows, seed, seconds })
}

/** Throws InputError on the name of a file that has room for one table. */
function requireTarget(out: string): void {
  const ending = [...sampleEndings, '.xlsx', '.xls', '.zip'].find((each) => out.toLowerCase().endsWith(each))
  if (ending === undefined || /\.sql(?:\.gz)?$/i.test(out) || isPostgres(out)) return
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory()) return
  throw new InputError(
    `--out ${out}: several tables do not fit into a ${ending} file: give a folder, a .sqlite, .duckdb or .sql file, or postgres://…`,
    'out-of-range',
    { option: 'out', value: out },
  )
}

/** Throws InputError where --like would change nothing. */
async function requireLike(source: string, out: string): Promise<void> {
  const about = { option: 'like', value: source }
  const how = { option: 'like', remedy: 'give a SQLite file' }
  const canBeLike = await isSqlite(source).catch((error) => cannotRead(error, source, how))
  if (!canBeLike)
    throw new InputError(`--like ${source} is no SQLite file: give one, or leave it out`, 'bad-data', about)
  if (!isSqliteName(out) || existsSync(out))
    throw new InputError(
      `--like gives a new SQLite file its tables, and ${out} is none: leave it out, or give --out a new .sqlite file`,
      'conflict',
      about,
    )
}

/** 'customers=1000,suppliers=20' as rows by table. Throws InputError on another form. */
function countsOf(text: string | undefined, tables: readonly string[]): Record<string, number> | undefined {
  // a name may have a comma
  const parts = text?.split(/,(?=[^=]+=\d+(?:,|$))/)
  const about = { option: 'count', value: text }
  const counts = parts?.map((part, k) => {
    const [, table, count] = /^(.+)=(\d+)$/.exec(part) ?? []
    const example = `count is no number of rows by table: give such as ${tables[0]}=1000`
    if (table === undefined) throw new InputError(example, 'wrong-type', about)
    if (parts.findIndex((each) => each.startsWith(`${table}=`)) < k)
      throw new InputError(`count names ${table} twice: give its rows once`, 'conflict', about)
    return [table, Number(count)]
  })
  return counts && Object.fromEntries(counts)
}

/** ['customers.country=BE'] as conditions by table. Throws InputError on one that names no table. */
function givenOf(
  texts: readonly string[] | undefined,
  tables: readonly string[],
): Record<string, Given> | undefined {
  if (texts === undefined) return undefined
  const byTable = new Map<string, string[]>()
  for (const text of texts) {
    // the longest name, as one may begin with another and a dot
    const table = tables.filter((name) => text.startsWith(`${name}.`)).sort((a, b) => b.length - a.length)[0]
    // a column's name may have a dot, but a table that it might be is named first
    const [, other] = /^([^.=<>]+)\.[^=<>]/.exec(text) ?? []
    if (table === undefined && other !== undefined)
      throw unknownName('given', other, tables, { noun: 'table' })
    if (table === undefined)
      throw new InputError(
        `--given ${text}: name the table too, such as ${tables[0]}.${text}; there ${tables.length === 1 ? 'is' : 'are'} ${counted(tables.length, 'table')}: ${tables.join(', ')}`,
        'unknown-name',
        { option: 'given', value: text },
      )
    byTable.set(table, [...(byTable.get(table) ?? []), text.slice(table.length + 1)])
  }
  return Object.fromEntries([...byTable].map(([table, pairs]) => [table, givenFrom(pairs)]))
}
