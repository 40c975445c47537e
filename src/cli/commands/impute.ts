import { InputError } from '../../core/errors.ts'
import { writeWhole } from '../../core/files.ts'
import { counted, humanSeconds, printable } from '../../core/format.ts'
import { impute, lackingColumns, readingOf } from '../../infer/impute.ts'
import { descriptionOf, type Model } from '../../infer/model.ts'
import { requireEnding, sampleEndings, sampleParts } from '../../table/formats/files.ts'
import { readTable } from '../../table/formats/read-table.ts'
import { isGenerated } from '../../table/table.ts'
import { call } from '../call.ts'
import { type ArgumentsOf, defineCommand, nameList, option, withoutKinds } from '../command.ts'
import {
  describeProvider,
  fileOptions,
  maxSizeOf,
  processChoice,
  providerOptions,
  samplerOptions,
  withModel,
} from '../options.ts'
import { createProgress, note, printJson, readingOf as showReading, warn } from '../output.ts'

const imputeOptions = {
  out: option.text(`a file of rows: ${sampleEndings.join(' ')} [default: CSV on stdout]`),
  draws: option.positiveInteger('versions of each row, in a column draw [default: 1; 5 with --best]'),
  best: option.flag('one row for each: the median of the drawn numbers, the most frequent category'),
  drop: option.text('columns of the file that the model does not have, such as a,b,c [default: none]'),
  ...fileOptions,
  seed: option.wholeNumber('seed of the noise', { default: 0 }),
  ...samplerOptions,
  ...providerOptions,
} as const

const positionals = {
  model: option.text("model.onnx or sampler.onnx of a table's model", { demandOption: true }),
  rows: option.text(
    "a file of rows with empty cells, or without some of the model's columns; - is CSV from stdin",
    { demandOption: true },
  ),
} as const

type ImputeArguments = ArgumentsOf<typeof imputeOptions, typeof positionals>

export const command = defineCommand({
  options: imputeOptions,
  positionals,
  examples: [
    ['$0 impute model.onnx rows.csv --out full.csv', 'every empty cell filled'],
    ['$0 impute model.onnx rows.csv --draws 5 --best', 'with the best of five draws'],
  ],
  async handler(argv) {
    if (argv.json && argv.out === undefined)
      throw new InputError('--json prints its object on stdout: give --out FILE for the rows', 'conflict')
    if (argv.out !== undefined) requireEnding('out', argv.out, sampleEndings)
    await withModel(argv, (model, signal) => fill(argv, model, signal))
  },
})

async function fill(argv: ImputeArguments, model: Model, signal: AbortSignal): Promise<void> {
  const { out, draws, best, rows: file } = argv
  const progress = createProgress()
  const start = performance.now()
  try {
    const { encoding } = descriptionOf(model)
    const { choice, keepsAll } = readingOf(encoding)
    const rows = await readTable('rows', file, {
      onReading: showReading(progress),
      choice: { ...choice, drop: nameList(argv.drop) },
      keepsAll,
      sheet: argv.sheet,
      maxSize: maxSizeOf(argv),
    })
    for (const line of rows.notes) note(withoutKinds(line))
    const lacking = lackingColumns(encoding, rows).filter((column) => !isGenerated(column))
    if (lacking.length > 0) {
      const names = lacking.map(({ name }) => printable(name)).join(', ')
      const [column, it] = lacking.length === 1 ? ['column', 'it is'] : ['columns', 'they are']
      note(`${rows.name} has no ${column} ${names}: ${it} filled in every row`)
    }
    const empty = rows.columns.reduce((sum, { cells }) => sum + cells.filter(Number.isNaN).length, 0)
    const missing = empty + lacking.length * rows.count
    const table = await impute(model, rows, {
      draws,
      best,
      seed: argv.seed,
      ...processChoice(argv),
      signal,
      onWarning: warn,
      onProgress: ({ done, count }) => progress.update({ stage: 'filling', unit: 'rows', done, count }),
    })
    progress.stop()
    const parts = sampleParts(out, [table], table.count, table)
    if (out !== undefined) await writeWhole(out, parts)
    else for await (const part of parts) call.stdout.write(part)
    const seconds = (performance.now() - start) / 1000
    const filled = `filled ${counted(missing, 'cell')} of ${counted(rows.count, 'row')}`
    const took = `on ${describeProvider(model.info)} in ${humanSeconds(seconds)}`
    note(`${filled} ${took}${out === undefined ? '' : `: ${out}`}`)
    if (argv.json) printJson({ out, rows: table.count, cells: missing, ...model.info, seconds })
  } finally {
    progress.stop()
  }
}
