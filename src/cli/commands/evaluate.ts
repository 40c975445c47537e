import { basename } from 'node:path'
import { InputError, outOfRange } from '../../core/errors.ts'
import { readInput, requireWritable, writeWhole } from '../../core/files.ts'
import { counted, humanCount, significant } from '../../core/format.ts'
import { createProcess, describeProcess } from '../../diffusion/process.ts'
import { type IdealProcess, pairwiseLimits } from '../../measure/distances/evaluate-scaled.ts'
import { evaluateTables, type TableEvaluation, verdictsOn } from '../../measure/evaluate.ts'
import { kindsOfNames, minRows } from '../../measure/prepare.ts'
import type { ModelCard } from '../../model/card.ts'
import type { Description } from '../../model/description.ts'
import { readModel } from '../../onnx/read.ts'
import { reportPage } from '../../report/page/page.ts'
import { type Report, report } from '../../report/report.ts'
import { evaluationNotes, evaluationText } from '../../report/terminal.ts'
import { isDatasetName, makeDataset } from '../../table/datasets/index.ts'
import { decode } from '../../table/encodings/decode.ts'
import { encode } from '../../table/encodings/encode.ts'
import { requireEnding } from '../../table/formats/files.ts'
import { type OnReading, type TableFile, tableEndings } from '../../table/formats/read-bytes.ts'
import { readTable } from '../../table/formats/read-table.ts'
import type { ColumnChoice } from '../../table/inference/choice.ts'
import { type Column, isGenerated, type NamedTable, namesOf } from '../../table/table.ts'
import {
  describeUnknown,
  lackingColumn,
  typesForAnyWord,
  unknownNames,
  withYesAndNo,
} from '../../table/unknown-names.ts'
import { call } from '../call.ts'
import { type ArgumentsOf, defineCommand, givenAmong, option, withoutKinds } from '../command.ts'
import { teacherSamples } from '../measured-samples.ts'
import { afterEvaluation } from '../next-commands.ts'
import { fileOptions, maxSizeOf, requireNoTable } from '../options.ts'
import { note, printJson, printText, readingOf, refuse, suggest, waitForWork, warn } from '../output.ts'
import { concludeLimits, pageEndings, reportChoice, reportOptions } from './report.ts'

const evaluateOptions = {
  against: option.text('a file of real rows, ideally held-out ones', { demandOption: true }),
  model: option.text(
    'the model.onnx or sampler.onnx of the samples, for the kinds of the columns, and for the scale of points [default: those of the data]',
  ),
  train: option.text(
    "the training rows, to also report on quality and privacy [default: the model's built-in dataset, regenerated]",
  ),
  ideal: option.flag("also evaluate samples of the ideal denoiser, by the model's sampler"),
  teacher: option.text(
    'the teacher of --model, a model.onnx or sampler.onnx, to measure the distance between their samples [default: none]',
  ),
  'max-ratio': option.number(
    'exit 1 if the sliced Wasserstein-2 or energy distance exceeds this multiple of real against real [default: none]',
  ),
  ...fileOptions,
  quick: option.flag('use fewer points for the pairwise distances'),
  ...reportOptions,
  report: option.text('.html file to write the report to [default: none]'),
} as const

type EvaluateArguments = ArgumentsOf<typeof evaluateOptions> & { readonly samples: string }

export const command = defineCommand({
  options: evaluateOptions,
  positionals: {
    samples: option.text(`a file of samples: ${tableEndings.join(' ')}`, { demandOption: true }),
  },
  examples: [
    ['$0 evaluate samples.csv --against held-out.csv --model model.onnx'],
    [
      '$0 evaluate samples.csv --against held-out.csv --model student.onnx --teacher model.onnx',
      'what a student lost',
    ],
    [
      '$0 evaluate samples.csv --against held-out.csv --train train.csv --report report.html',
      'quality and privacy',
    ],
    ['$0 evaluate samples.csv --against data.csv --max-ratio 2', 'exit 1 if they are worse'],
  ],
  async handler(argv) {
    const maxRatio = argv['max-ratio']
    if (maxRatio !== undefined && !(maxRatio > 0 && Number.isFinite(maxRatio)))
      throw outOfRange('maxRatio', maxRatio, 'give a number above 0, such as 2')
    const choice = reportChoice(argv)
    await requireReportable(argv)
    const stage = argv.teacher === undefined ? 'reading points' : 'reading points, sampling the teacher'
    const { inputs, evaluation, result } = await waitForWork(stage, async (signal, progress) => {
      const work = { signal, onProgress: progress.update }
      const inputs = await readInputs(argv, readingOf(progress))
      for (const warning of inputs.warnings) warn(withoutKinds(warning))
      const { tables, sources, request, onCard } = inputs
      const asked = { ...choice, encoding: request.model, ...onCard, ...work }
      const result = sources && (await report({ ...sources, ...asked }))
      const how = { quick: argv.quick, ...work }
      // rows that are made again from a card are nobody's
      const given = { ...tables, training: argv.train === undefined ? undefined : tables.training }
      const verdicts = result?.verdicts ?? (await verdictsOn(given, how))
      const evaluation = await evaluateTables(tables, { ...request, verdicts, ...how })
      return { inputs, evaluation, result }
    })
    const exceeded = maxRatio === undefined ? [] : exceededBy(evaluation, maxRatio)
    if (argv.report !== undefined && result)
      await writeWhole(argv.report, reportPage(result, inputs.sources!, { title: basename(argv.samples) }))
    if (argv.train !== undefined && !result) warn(`no report: it needs ${minRows} rows or more in each file`)
    print(argv, inputs, evaluation, result, exceeded)
    const times = (name: keyof typeof measured) =>
      `${significant(evaluation.ratio[name])} times real against real`
    for (const name of exceeded)
      refuse(`${measured[name]} is ${times(name)}: more than --max-ratio ${maxRatio}`)
    if (exceeded.length > 0) call.exitCode = 1
    else if (maxRatio !== undefined) note(`within --max-ratio ${maxRatio}`, 'green')
    if (result) concludeLimits(result)
    const { columns } = inputs.tables.samples
    const idealIsOpen = !argv.ideal && argv.model !== undefined && inputs.training !== null
    const outcome = { exceeded: exceeded.length > 0, idealIsOpen }
    suggest(...afterEvaluation({ ...argv, model: argv.model, columns }, outcome, call.words))
  },
})

/** The distances of --max-ratio. Each has a null above 0, hence the energy as a V-statistic. */
const measured = { slicedWasserstein2: 'sliced Wasserstein-2', energyV: 'the energy distance (V)' } as const

function exceededBy({ ratio }: TableEvaluation, maxRatio: number): (keyof typeof measured)[] {
  return (['slicedWasserstein2', 'energyV'] as const).filter((name) => !(ratio[name] <= maxRatio))
}

/** The options that need a report, and so the training rows. */
const ofReport = ['report', ...Object.keys(reportOptions)]

/** Throws InputError on an option of the report without `--train`, or a page that can't be written. */
async function requireReportable(argv: EvaluateArguments): Promise<void> {
  const name = givenAmong(argv, ofReport)
  if (name !== undefined && argv.train === undefined)
    throw new InputError(
      `--${name} needs a report, which compares samples with the training rows: give --train`,
      'missing',
      { option: 'train' },
    )
  if (argv.report === undefined) return
  requireEnding('report', argv.report, pageEndings)
  await requireWritable(argv.report)
}

function print(
  { samples, against, train, json, 'max-ratio': maxRatio }: EvaluateArguments,
  { tables, scaledBy, training, process: denoised, teaching }: EvaluationInputs,
  evaluation: TableEvaluation,
  result: Report | undefined,
  exceeded: readonly string[],
): void {
  const notes = evaluationNotes(evaluation)
  if (training !== null) notes.push(`training points: ${training}.`)
  if (denoised !== null) notes.push(`the ideal denoiser is sampled by ${denoised}.`)
  if (teaching !== null) notes.push(`the teacher is sampled by ${teaching}.`)
  if (json) {
    for (const line of notes) note(line)
    printJson({ ...evaluation, ...result, scaledBy, training, maxRatio: maxRatio ?? null, exceeded, notes })
    return
  }
  const [ofData, ofSamples] = [tables.data.count, tables.samples.count]
  const title = `${samples} (${humanCount(ofSamples)}) against ${against} (${humanCount(ofData)}), scaled by ${scaledBy}`
  printText(evaluationText(title, evaluation, notes, train === undefined ? undefined : (result ?? null)))
}

type EvaluationInputs = Awaited<ReturnType<typeof readInputs>>

/**
 * Reads an evaluation's inputs, puts columns in one order and scales them by the model's scaler or the data's ranges. Throws as
 * what it calls does, and on `ideal` without a model or its training points, or `teacher` without a model.
 */
async function readInputs(argv: EvaluateArguments, onReading: OnReading) {
  const { samples, against, model, train, ideal, teacher, quick } = argv
  if (ideal && model === undefined)
    throw new InputError('--ideal needs the schedule and the sampler of a model: give --model', 'missing')
  if (teacher !== undefined && model === undefined)
    throw new InputError('--teacher is compared with its student: give --model', 'missing')
  for (const path of [model, teacher]) if (path !== undefined) requireNoTable(path)
  const bytes = model && (await readInput(model, 'give a model.onnx or sampler.onnx', 'model'))
  const file = bytes ? readModel(bytes, model!) : undefined
  const card = file?.card
  // kinds come from the model or the data; a key tells nothing, and may lack
  const columns = card?.encoding?.columns.filter((column) => !isGenerated(column))
  const files = [samples, against, ...(train === undefined ? [] : [train])]
  if (files.filter((file) => file === '-').length > 1)
    throw new InputError('stdin (-) can be read once: give a file for the other rows', 'conflict')
  const isSheet = (file: string) => /\.xlsx$/i.test(file)
  const hasSheets = files.some(isSheet)
  const read = (option: string, file: string, choice?: ColumnChoice) => {
    // a file of another kind refuses the name of a sheet, unless that is for another file
    const sheet = isSheet(file) || !hasSheets ? argv.sheet : undefined
    return readTable(option, file, { onReading, choice, sheet, maxSize: maxSizeOf(argv) })
  }
  const reference = columns ? model! : against
  const readLike = async (option: string, file: string, like: { readonly columns: readonly Column[] }) => {
    const choice = { types: typesForAnyWord(kindsOfNames(like)), columns: columns && namesOf({ columns }) }
    const table = await read(option, file, choice).catch((error) => {
      throw lackingColumn(error, file, reference, option)
    })
    requireNumbersOf(like, table, reference)
    return withYesAndNo(table, like)
  }
  const data = await (columns ? readLike('against', against, { columns }) : read('against', against))
  const like = columns ? { columns } : data
  const drawn = await readLike('samples', samples, like)
  const trainTable = train === undefined ? undefined : await readLike('train', train, like)
  const training = trainTable ?? rebuilt(card)
  if (ideal && !training)
    throw new InputError(
      `--ideal needs the training points, and ${model} was not trained on a built-in dataset: give --train`,
      'missing',
    )
  const scaler = card && { name: model!, ...file!.description.encoding }
  const real = trainTable ? [data, trainTable] : [data]
  const hasRows = givenAmong(argv, ofReport) || [drawn, ...real].every((table) => table.count >= minRows)
  const count = Math.min(drawn.count, pairwiseLimits[quick ? 'quick' : 'full'])
  const taught = teacher === undefined ? undefined : await teacherSamples(model!, teacher, count)
  if (ideal && card?.encoding)
    throw new InputError(
      '--ideal is for models of points: a table has categories, which its denoiser does not know; leave it out',
      'conflict',
    )
  const denoiser = ideal && file ? idealProcess(file.description) : undefined
  return {
    tables: { samples: drawn, data, training },
    /** The report's tables, if training rows are given and all have enough rows. */
    sources: trainTable && hasRows ? { samples: drawn, against: data, train: trainTable } : undefined,
    request: { model: scaler, ideal: denoiser, teacher: taught },
    onCard: { candidates: card?.candidates, rareNames: card?.rareNames, leftOut: card?.leftOut },
    /** File whose ranges scale all points. */
    scaledBy: model !== undefined && !card?.encoding ? model : against,
    training: training?.name ?? null,
    process: ideal && file ? describeProcess(file.description.process()) : null,
    teaching: taught?.process ?? null,
    warnings: [
      ...[data, drawn, ...real.slice(1)].flatMap(({ notes }) => notes),
      ...real.flatMap((table) =>
        unknownNames(table, { columns: columns ?? [] }).map((unknown) =>
          describeUnknown(unknown, table.name, model!, 'no sample has such a name'),
        ),
      ),
      ...(trainTable ? otherFile(trainTable, card) : []),
      ...(taught?.warnings ?? []),
    ],
  }
}

/** Throws InputError if a column of numbers is empty in the file, and so was left out of it. */
function requireNumbersOf(
  { columns }: { readonly columns: readonly Column[] },
  file: TableFile,
  reference: string,
): void {
  const isNumber = (name: string) =>
    columns.some((column) => column.name === name && (column.kind === 'number' || column.kind === 'integer'))
  const empty = file.leftOut.find(({ name }) => isNumber(name))
  if (empty)
    throw new InputError(
      `${file.name}, column ${empty.name}: ${empty.reason}, and the column of ${reference} has numbers: give rows that have some`,
      'bad-data',
    )
}

/** Regenerates the built-in dataset that a model was trained on. */
function rebuilt(card: ModelCard | undefined): NamedTable | undefined {
  const { dataset = null, seed = null } = card ?? {}
  if (!dataset || !('name' in dataset) || seed === null || !isDatasetName(dataset.name)) return undefined
  const { name, rows, noiseLevel } = dataset
  return {
    name: `${name}, ${counted(rows, 'row')}, noise ${noiseLevel}, seed ${seed}, made again from the model's card`,
    ...makeDataset(dataset, seed),
  }
}

/** Warns if --train is another file than the card names. */
function otherFile({ name, sha256 }: TableFile, card: ModelCard | undefined): string[] {
  const dataset = card?.dataset
  if (!dataset || !('sha256' in dataset) || dataset.sha256 === sha256) return []
  return [`${name} is not the file that the model was trained on, ${dataset.file}: their SHA-256 differ`]
}

/** The ideal denoiser always predicts the noise. */
function idealProcess({ encoding, process, schedule }: Description): IdealProcess {
  const { sampler, timesteps } = process()
  return {
    process: createProcess(schedule, 'epsilon', sampler, timesteps),
    // round columns of whole numbers, as `sample` does
    finish: encoding.columns.some(({ kind }) => kind === 'integer')
      ? (x_0) => encode(encoding, decode(encoding, x_0))
      : undefined,
  }
}
