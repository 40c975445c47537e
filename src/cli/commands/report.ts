import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { requireWritable, writeWhole } from '../../core/files.ts'
import { counted, humanCount } from '../../core/format.ts'
import { sample } from '../../infer/sample.ts'
import type { GivenValue } from '../../measure/question.ts'
import { describeConfig } from '../../model/description.ts'
import type { RunConfig } from '../../model/run-config.ts'
import { exportDatabase, loadDatabase, rowsOfRun } from '../../node/databases.ts'
import { exportModel } from '../../node/export.ts'
import { loadModel } from '../../node/providers.ts'
import { isDatabaseRun, readRunConfig, readRunTable, runFiles } from '../../node/run-folder.ts'
import { reportDatabase } from '../../report/database/report.ts'
import { databaseReportText } from '../../report/database/terminal.ts'
import { fewRowsReport } from '../../report/few-rows.ts'
import { databaseReportPage } from '../../report/page/database.ts'
import { fewRowsPage, reportPage } from '../../report/page/page.ts'
import { type LimitResult, report } from '../../report/report.ts'
import { reportText, wrapped } from '../../report/terminal.ts'
import { requireEnding } from '../../table/formats/files.ts'
import { call } from '../call.ts'
import { type ArgumentsOf, defineCommand, givenAmong, namedInApi, option } from '../command.ts'
import { freeRun } from '../next-commands.ts'
import { givenOf, providerOptions } from '../options.ts'
import { note, type Progress, printJson, printText, refuse, shellLine, waitForWork, warn } from '../output.ts'
import { warnUnfinished } from '../training.ts'

export const pageEndings = ['.html'] as const

export const reportOptions = {
  target: option.text(
    'the column that trees learn from samples and predict for real rows [default: the last suitable one]',
  ),
  given: option.text('a value, such as sex=female: also measure the rows with it separately [default: none]'),
  'max-detection': option.number(
    'exit 1 if trees distinguish samples from real rows with a higher AUC than this, from 0.5 to 1 [default: none]',
  ),
  'max-membership': option.number(
    'exit 1 if the worst attack on membership has a higher AUC than this, from 0.5 to 1 [default: none]',
  ),
} as const

/** The report's options. Throws InputError if --given has no column, no value, or several. */
export function reportChoice(argv: ArgumentsOf<typeof reportOptions>) {
  return { ...namedInApi(reportOptions, argv), given: givenValue(argv.given) }
}

function givenValue(given: string | readonly string[] | undefined): GivenValue | undefined {
  if (given === undefined) return undefined
  const [first, ...others] = Object.entries(givenOf([given].flat())!)
  const [column, value] = first!
  if (others.length > 0 || value === null || value === undefined || typeof value === 'object')
    throw new InputError(`--given takes one value of one column here, such as sex=female`, 'out-of-range', {
      option: 'given',
    })
  return { column, value }
}

/** Prints the results of the limits; sets exit code 1 if one was exceeded. */
export function concludeLimits({ limits }: { readonly limits: readonly LimitResult[] }): void {
  for (const { isKept, sentence } of limits)
    if (isKept) note(sentence, 'green')
    else refuse(sentence)
  if (limits.some(({ isKept }) => !isKept)) call.exitCode = 1
}

const runReportOptions = {
  ...reportOptions,
  seed: option.wholeNumber("seed of the samples and of the report's draws", { default: 0 }),
  'without-faker': providerOptions['without-faker'],
  out: option.text('.html file to write [default: report.html in the run folder]'),
} as const
const positionals = {
  run: option.text('a run folder of train, of one table or of several', { demandOption: true }),
} as const

type ReportArguments = ArgumentsOf<typeof runReportOptions, typeof positionals>

export const command = defineCommand({
  options: runReportOptions,
  positionals,
  examples: [
    ['$0 report runs/shop', 'each table of a database, and what their rows have to do with each other'],
    ['$0 report runs/people', 'as many samples as training rows, reported on a page'],
    ['$0 report runs/people --max-detection 0.6 --max-membership 0.55', 'exit 1 if it is worse'],
  ],
  async handler(argv) {
    const { run, json, out = join(run, 'report.html') } = argv
    requireEnding('out', out, pageEndings)
    if (isDatabaseRun(run)) return concludeLimits(await reportOnTables(argv, out))
    const choice = reportChoice(argv)
    const config = await readRunConfig(run)
    if (!existsSync(runFiles(run).holdout))
      throw noHoldout(run, 'holdout.csv', nameOfRows(config) ?? 'FILE', shareOf(config))
    await requireWritable(out)
    await warnUnfinished(run)
    const tables = await waitForWork('drawing samples', (signal, progress) =>
      readTables(argv, config, signal, progress),
    )
    const request = {
      ...tables,
      ...choice,
      encoding: describeConfig(config).encoding,
      candidates: config.candidates,
      rareNames: config.rareNames,
      leftOut: config.leftOut,
      verdicts: config.verdicts,
      closeness: config.closeness,
    }
    const title = nameOfRows(config) ?? 'rows in memory'
    const digest = config.dataset && 'sha256' in config.dataset ? config.dataset.sha256 : undefined
    const isPlain = choice.target === undefined && choice.given === undefined
    const few = isPlain ? fewRowsReport(tables, request) : undefined
    if (few) {
      await writeWhole(out, fewRowsPage(few, { title, digest }))
      if (json) printJson({ ...few, out })
      else printText(`${few.sentences.map(wrapped).join('\n')}\n`)
      note(`the page: ${out}`)
      return concludeLimits(few)
    }
    const result = await waitForWork('reporting', (signal, { update: onProgress }) =>
      report({ ...request, seed: argv.seed, signal, onProgress }),
    )
    await writeWhole(out, reportPage(result, tables, { title, digest }))
    if (json) printJson({ ...result, out })
    else printText(reportText(result))
    note(`the page: ${out}`)
    concludeLimits(result)
  },
})

/** What holds rows out in a training like a run's: by default, neither a built-in dataset nor a recipe of points does. */
function shareOf({ dataset, encoding }: RunConfig): readonly string[] {
  return encoding && !(dataset && 'name' in dataset) ? [] : ['--holdout', '0.2']
}

function noHoldout(run: string, lacking: string, dataset: string, share: readonly string[] = []): InputError {
  const words = ['train', '--dataset', dataset, ...share, '--out', freeRun(basename(run))]
  const command = shellLine(['moonstep', ...words])
  return new InputError(
    `${run} has no ${lacking}, and a report compares with held-out rows: ${command}`,
    'missing',
  )
}

/** Reads the rows of the run, and draws as many samples as training rows. */
async function readTables(
  argv: ReportArguments,
  config: RunConfig,
  signal: AbortSignal,
  { update }: Progress,
) {
  const { run, seed } = argv
  const files = runFiles(run)
  const train = await readRunTable(files.train, config)
  const against = await readRunTable(files.holdout, config)
  const { model: bytes } = await exportModel({ run })
  await using model = await loadModel(bytes, { withoutFaker: argv['without-faker'] })
  const { count } = train
  const onProgress = ({ done }: { readonly done: number }) =>
    update({ stage: 'drawing samples', unit: 'samples', done, count })
  const { table } = await sample(model, { count, seed, signal, onProgress, onWarning: warn })
  note(`${counted(count, 'sample')}, seed ${seed}, against ${counted(against.count, 'held-out row')}`)
  return { train, against, samples: { name: 'the table of samples', ...table } }
}

function nameOfRows({ dataset }: RunConfig): string | undefined {
  return dataset && ('file' in dataset ? dataset.file : dataset.name)
}

/** Draws as many families as were trained on, reports them, and writes the page. Throws InputError on options of a single table. */
async function reportOnTables(argv: ReportArguments, out: string) {
  const { run, seed, json, 'max-detection': maxDetection, 'max-membership': maxMembership } = argv
  const option = givenAmong(argv, ['target', 'given'])
  if (option !== undefined)
    throw new InputError(
      `--${option} is for the report of one table, and ${run} has several: leave it out`,
      'conflict',
      { option },
    )
  const rows = await rowsOfRun(run).catch((error) => {
    const lacksHoldout = error instanceof InputError && error.code === 'missing' && error.option === 'holdout'
    throw lacksHoldout ? noHoldout(run, 'held-out rows', 'DATASET') : error
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
  const limits = { maxDetection, maxMembership }
  const sources = { samples, against: rows.against, train: rows.train }
  const result = await waitForWork('reporting', (signal, { update: onProgress }) =>
    reportDatabase({ ...rows, samples, seed, ...limits, signal, onProgress }),
  )
  await writeWhole(out, databaseReportPage(result, sources, { title: basename(resolve(run)) }))
  if (json) printJson({ ...result, out })
  else printText(databaseReportText(result))
  note(`the page: ${out}`)
  return result
}
