import { formatsOf } from '../../charts/figures/figure.ts'
import { figures } from '../../charts/figures/index.ts'
import { plot } from '../../charts/figures/plot.ts'
import { themeNames } from '../../charts/marks/layout.ts'
import { InputError } from '../../core/errors.ts'
import { requireWritable, writeWhole } from '../../core/files.ts'
import { humanBytes } from '../../core/format.ts'
import { requireEnding } from '../../table/formats/files.ts'
import { tableEndings } from '../../table/formats/read-bytes.ts'
import {
  defineCommand,
  namedInApi,
  nameList,
  numberList,
  option,
  warningInFlags,
  withoutKinds,
} from '../command.ts'
import { afterPlot } from '../next-commands.ts'
import {
  fileOptions,
  givenOf,
  maxSizeOf,
  plotScheduleOptions,
  requireNoTable,
  schedulesOf,
} from '../options.ts'
import { note, printJson, shellLine, suggest, waitForWork } from '../output.ts'

const figureOptions = {
  out: option.text('a .svg or .png file; .gif for reverse', { demandOption: true }),
  size: option.text("WIDTHxHEIGHT in pixels, such as 1600x800 [default: the figure's own]"),
  theme: { choices: themeNames, default: 'light', describe: 'light: dark on white; dark: light on black' },
  count: option.positiveInteger('samples to draw [default: as many as data]', { alias: 'n' }),
  seed: option.wholeNumber('seed of the noise [default: 0]'),
  columns: option.text('columns to draw, such as age,height [default: the first two; columns, pairs: all]'),
  given: option.text(
    'columns, pairs: draw samples without and with known values, such as sex=female (models of tables) [default: none]',
    { array: true },
  ),
  at: option.text('timesteps of the panels (forward, vector-field), such as 10,5,1 [default: spread over T]'),
  data: option.text(`a file of rows: ${tableEndings.join(' ')} [default: the model's dataset]`),
  ...fileOptions,
  dataset: option.text("a built-in dataset instead [default: the model's, else two-moons]"),
  rows: option.positiveInteger("rows of a built-in dataset [default: the model's, else 1000]"),
  'noise-level': option.number("noise of a built-in dataset [default: the dataset's own]"),
} as const

const figureLines = figures.map(({ name, description }) => `  ${name.padEnd(13)} ${description}`)

export const command = defineCommand({
  options: { ...figureOptions, ...plotScheduleOptions },
  positionals: {
    figure: { choices: figures.map(({ name }) => name), demandOption: true, describe: 'what to draw' },
    model: option.text(
      'model.onnx, sampler.onnx or a run folder; loss: a run folder; dataset, columns, schedules: none',
    ),
  },
  usage: `$0 plot <figure> [model]\n\nDraws a figure as .svg or .png:\n${figureLines.join('\n')}`,
  examples: [
    ['$0 plot samples model.onnx --out samples.svg', 'samples beside the data'],
    ['$0 plot columns model.onnx --data rows.csv --out columns.svg', 'each column, data and samples'],
    ['$0 plot columns model.onnx --given sex=female --out female.svg', 'without a condition and with it'],
    ['$0 plot vector-field model.onnx --at 10,5,1 --out field.png'],
    ['$0 plot loss runs/moons --out loss.svg --theme dark'],
    ['$0 plot schedules --schedule linear,karras --out schedules.svg'],
    ['$0 plot reverse model.onnx --out reverse.gif', 'the reverse process moving'],
  ],
  async handler(argv) {
    const { figure, model } = argv
    const { out, ...options } = namedInApi(figureOptions, argv)
    const definition = figures.find(({ name }) => name === figure)!
    if (model !== undefined && definition.needs !== 'run') {
      const words = ['moonstep', 'plot', figure, '--data', model, '--out', out]
      const canDraw = definition.needs === 'nothing' && definition.takes.some((taken) => taken === 'data')
      requireNoTable(model, canDraw ? `${shellLine(words)} draws it` : undefined)
    }
    const formats = formatsOf(definition)
    const endings = formats.map((format) => `.${format}`)
    const ending = requireEnding('out', out, endings)
    await requireWritable(out)
    const { content, notes } = await waitForWork('drawing', (signal, progress) =>
      plot(figure, {
        ...options,
        model,
        format: formats.find((format) => ending === `.${format}`),
        size: sizeOf(options.size),
        maxSize: maxSizeOf(argv),
        columns: nameList(options.columns),
        given: givenOf(options.given),
        at: numberList('--at', options.at),
        schedules: schedulesOf(argv),
        T: argv.timesteps,
        signal,
        onProgress: (now) =>
          progress.update({ stage: now.unit === 'samples' ? 'sampling' : 'drawing', ...now }),
      }),
    )
    await writeWhole(out, content)
    const bytes = Buffer.byteLength(content)
    for (const line of notes) note(warningInFlags(withoutKinds(line)))
    note(`drew ${figure}, ${humanBytes(bytes)}: ${out}`)
    if (argv.json) printJson({ figure, out, bytes, notes })
    suggest(...afterPlot(figure, model, argv))
  },
})

/** '800x400' as a size. Throws on anything else. */
function sizeOf(text: string | undefined): { width: number; height: number } | undefined {
  if (text === undefined) return undefined
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? []
  if (width === undefined || height === undefined)
    throw new InputError(`--size ${text}: give WIDTHxHEIGHT in pixels, such as 1600x800`, 'out-of-range')
  return { width: Number(width), height: Number(height) }
}
