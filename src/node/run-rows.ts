/** The rows that the run of several tables was trained on and those that were kept aside, for a report. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../core/errors.ts'
import { cannotRead } from '../core/files.ts'
import type { Database } from '../database/database.ts'
import { referenceDataFromJson } from '../database/file.ts'
import type { Plans } from '../database/learned/plan.ts'
import type { StoredVerdicts } from '../database/measured/verdicts.ts'
import { linkedFromJson, linkedToJson, type RunPart } from '../database/run-rows.ts'
import type { Schema } from '../database/schema.ts'
import type { Candidates } from '../model/candidates.ts'
import { describeConfig } from '../model/description.ts'
import type { RunConfig } from '../model/run-config.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import type { LeftOut } from '../table/inference/decision.ts'

/** The rows of a run of several tables. */
export interface RunRows {
  readonly train: Database
  /** The parents that judge the samples, with their children. */
  readonly against: Database
  /** Those that choose what training leaves open, if any. */
  readonly validation?: Database | undefined
}

/** What a report takes of a run of several tables, in addition to samples. */
export interface RowsOfRun extends RunRows, StoredVerdicts {
  /** By table, the encoding on its model's card. */
  readonly encodings: Readonly<Record<string, Encoding>>
  /** By table, the candidates and the rare names on its model's card. */
  readonly candidates: Readonly<Record<string, Candidates | undefined>>
  readonly rareNames: Readonly<Record<string, readonly { readonly column: string }[] | undefined>>
  /** By table, what is known in addition to its model. */
  readonly plans: Plans
  /** By table, the columns that were left out of training. */
  readonly leftOut: Readonly<Record<string, readonly Pick<LeftOut, 'name' | 'reason'>[]>>
}

/** The folder of the rows that a run keeps. */
export const rowsFolder = 'rows'

/** Where a run keeps the rows of a table that keeps them. */
export function keptPath(run: string, table: string): string {
  return join(run, rowsFolder, `${table}.json`)
}

function partPath(run: string, part: RunPart, table: string): string {
  return join(run, rowsFolder, part, `${table}.json`)
}

/** The files of the rows; `names` are the tables' names as those of files. */
export function filesOfRows(
  run: string,
  { train, against, validation }: RunRows,
  names: ReadonlyMap<string, string>,
): (readonly [string, string])[] {
  const parts = { train, holdout: against, ...(validation && { validation }) }
  return (Object.entries(parts) as [RunPart, Database][]).flatMap(([part, { tables, schema }]) =>
    [...tables].flatMap(([name, table]) =>
      schema.tables[name]!.keep
        ? []
        : [[partPath(run, part, names.get(name)!), linkedToJson(table)] as const],
    ),
  )
}

/** Reads the rows of a run. Throws InputError on a run that held none out, and on a file that is missing or malformed. */
export async function readRunRows(
  run: string,
  schema: Schema,
  names: ReadonlyMap<string, string>,
): Promise<RunRows> {
  if (!existsSync(join(run, rowsFolder, 'holdout'))) throw noHoldout(run)
  const read = (file: string) =>
    readFile(file, 'utf8').catch((error) => cannotRead(error, file, { remedy: 'train the tables anew' }))
  const partOf = async (part: RunPart): Promise<Database> => {
    const tables = new Map()
    for (const [name, { keep, references }] of Object.entries(schema.tables)) {
      const file = keep ? keptPath(run, names.get(name)!) : partPath(run, part, names.get(name)!)
      const parse = keep ? referenceDataFromJson : linkedFromJson
      tables.set(name, parse(await read(file), name, references.length, file))
    }
    return { schema, tables }
  }
  return { train: await partOf('train'), against: await partOf('holdout') }
}

/** Refuses a report on a run without held-out rows. */
export function noHoldout(run: string): InputError {
  return new InputError(
    `${run} has no held-out rows, and a report compares with them: train anew without a \`holdout\` of 0`,
    'missing',
    { option: 'holdout' },
  )
}

/** What a report takes of the tables' configurations. */
export function ofConfigs(
  configs: ReadonlyMap<string, RunConfig>,
): Omit<RowsOfRun, 'plans' | keyof RunRows | keyof StoredVerdicts> {
  const all = [...configs]
  return {
    encodings: Object.fromEntries(
      all.flatMap(([name, config]) => {
        const { encoding } = describeConfig(config)
        return encoding ? [[name, encoding]] : []
      }),
    ),
    candidates: Object.fromEntries(all.map(([name, { candidates }]) => [name, candidates])),
    rareNames: Object.fromEntries(all.map(([name, { rareNames }]) => [name, rareNames])),
    leftOut: Object.fromEntries(all.map(([name, { leftOut }]) => [name, leftOut ?? []])),
  }
}
