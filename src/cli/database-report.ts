/** The report on the run of several tables. */
import { basename, resolve } from 'node:path'
import { InputError } from '../core/errors.ts'
import { requireWritable, writeWhole } from '../core/files.ts'
import { humanCount } from '../core/format.ts'
import { exportDatabase, loadDatabase, rowsOfRun } from '../node/databases.ts'
import { reportDatabase } from '../report/database/report.ts'
import { databaseReportText } from '../report/database/terminal.ts'
import { databaseReportPage } from '../report/page/database.ts'
import { freeRun } from './next-commands.ts'
import { note, printJson, printText, shellLine, waitForWork } from './output.ts'

export interface DatabaseReportArguments {
  readonly run: string
  readonly out?: string | undefined
  readonly json?: boolean | undefined
  readonly seed: number
  readonly target?: unknown
  readonly given?: unknown
  readonly 'without-faker'?: boolean | undefined
  readonly 'max-detection'?: number | undefined
  readonly 'max-membership'?: number | undefined
}

/** Draws as many families as were trained on, reports them, and writes the page. Throws InputError on options of a single table. */
export async function reportOnTables(argv: DatabaseReportArguments, out: string) {
  const { run, seed, json } = argv
  for (const option of ['target', 'given'] as const)
    if (argv[option] !== undefined)
      throw new InputError(
        `--${option} is for the report of one table, and ${run} has several: leave it out`,
        'conflict',
        { option },
      )
  const rows = await rowsOfRun(run).catch((error) => {
    throw error instanceof InputError && error.code === 'missing' && error.option === 'holdout'
      ? noHoldout(run)
      : error
  })
  await requireWritable(out)
  const samples = await waitForWork('drawing samples', async (signal, { update }) => {
    const model = await loadDatabase(await exportDatabase({ run }), { withoutFaker: argv['without-faker'] })
    try {
      return await model.sample({
        seed,
        signal,
        onProgress: ({ table, done, count }) =>
          update({ stage: `drawing ${table}`, unit: 'rows', done, count }),
      })
    } finally {
      await model.dispose()
    }
  })
  const drawn = [...samples.tables].map(([name, { count }]) => `${humanCount(count)} of ${name}`)
  note(`drew ${drawn.join(', ')}, seed ${seed}`)
  const sources = { samples, against: rows.against, train: rows.train }
  const result = await waitForWork('reporting', (signal, { update: onProgress }) =>
    reportDatabase({
      ...rows,
      samples,
      seed,
      maxDetection: argv['max-detection'],
      maxMembership: argv['max-membership'],
      signal,
      onProgress,
    }),
  )
  await writeWhole(out, databaseReportPage(result, sources, { title: basename(resolve(run)) }))
  if (json) printJson({ ...result, out })
  else printText(databaseReportText(result))
  note(`the page: ${out}`)
  return result
}

function noHoldout(run: string): InputError {
  const command = shellLine([
    ...['moonstep', 'train', '--dataset', 'DATASET', '--holdout', '0.2', '--out', freeRun(basename(run))],
  ])
  return new InputError(
    `${run} has no held-out rows, and a report compares with held-out rows: ${command}`,
    'missing',
  )
}
