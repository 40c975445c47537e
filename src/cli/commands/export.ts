import { InputError } from '../../core/errors.ts'
import { humanBytes } from '../../core/format.ts'
import { exportModel } from '../../node/export.ts'
import { isNetworkFolder } from '../../node/network.ts'
import { isDatabaseRun, readTrainedRun } from '../../node/run-folder.ts'
import { defineCommand, option, warningInFlags } from '../command.ts'
import { exportTables } from '../databases.ts'
import { sayVerdicts } from '../measured-samples.ts'
import {
  exportFolder,
  networkOptions,
  requireNoNetworkOptions,
  requireOnlyNetworkOptions,
} from '../network.ts'
import { afterExport } from '../next-commands.ts'
import { processChoice, samplerOptions } from '../options.ts'
import { note, printJson, suggest, waitFor, warn } from '../output.ts'
import { warnUnfinished } from '../training.ts'

const exportOptions = {
  out: option.text(
    "network file to write [default: model.onnx; of several tables their folder's name and .moonstep]",
  ),
  'sampler-out': option.text(
    'the whole reverse process as one graph, such as sampler.onnx [default: not made]',
  ),
  'seeded-out': option.text(
    'the same including noise and decoding, for any onnxruntime on a CPU, such as seeded.onnx [default: not made]',
  ),
  ...samplerOptions,
  loop: option.flag(
    'the whole process around a network of others, as one graph (folders with unet/model.onnx)',
  ),
  without: option.text(
    'with --loop: inputs that the graph also takes without a condition, for guidance, such as class_labels [default: none]',
    { array: true },
  ),
  shape: networkOptions.shape,
  trajectory: option.flag('sampler.onnx also outputs every intermediate state'),
  force: option.flag('overwrite files not made by moonstep'),
} as const

export const command = defineCommand({
  options: exportOptions,
  positionals: { run: option.text('run folder', { demandOption: true }) },
  examples: [
    ['$0 export runs/moons', 'writes model.onnx'],
    ['$0 export runs/moons --sampler-out sampler.onnx', 'and the whole reverse process'],
    ['$0 export digits --loop --num-steps 20', "sampler.onnx of a folder with diffusers' unet and scheduler"],
    ['$0 export runs/moons --seeded-out seeded.onnx', 'and a file that maps seed and index to rows'],
    ['$0 export runs/shop', 'writes shop.moonstep, the models of several tables'],
  ],
  async handler(argv) {
    if (isDatabaseRun(argv.run)) return exportTables(argv)
    if (isNetworkFolder(argv.run)) {
      if (!argv.loop)
        throw new InputError(
          `${argv.run} has a network of others, which only --loop exports: give --loop`,
          'missing',
        )
      requireOnlyNetworkOptions(argv, ['seededOut', 'trajectory'])
      return exportFolder({ ...argv, model: argv.run, out: argv['sampler-out'] ?? 'sampler.onnx' })
    }
    if (argv.loop)
      throw new InputError(
        `--loop is for a folder with unet/model.onnx, which ${argv.run} is not`,
        'conflict',
      )
    requireNoNetworkOptions(argv)
    const { out = 'model.onnx' } = argv
    if (out.toLowerCase().endsWith('.moonstep'))
      throw new InputError(
        `--out ${out}: a .moonstep file has the models of several tables, and ${argv.run} is the run of one: give a file that ends in .onnx`,
        'out-of-range',
        { option: 'out', value: out },
      )
    const samplerOut = argv['sampler-out']
    const seededOut = argv['seeded-out']
    const isGiven = (name: string) => argv[name as keyof typeof argv] !== undefined
    const samplerOption = Object.keys(samplerOptions).find(isGiven)
    if (samplerOption && samplerOut === undefined && seededOut === undefined)
      throw new InputError(
        `--${samplerOption} shapes sampler.onnx and seeded.onnx: give --sampler-out or --seeded-out too`,
        'conflict',
      )
    if (isGiven('trajectory') && samplerOut === undefined)
      throw new InputError('--trajectory shapes sampler.onnx: give --sampler-out too', 'conflict')
    const sampler =
      samplerOut === undefined && seededOut === undefined
        ? undefined
        : { ...processChoice(argv), trajectory: argv.trajectory, onWarning: warn }
    const exported = await waitFor('exporting', () =>
      exportModel({ run: argv.run, out, samplerOut, seededOut, sampler, force: argv.force }),
    )
    const seeded = seededOut !== undefined && { seeded: seededOut }
    const files = { model: out, sampler: samplerOut ?? null, ...seeded }
    const written = [exported.model, samplerOut && exported.sampler, seededOut && exported.seeded]
    const bytes = written.reduce((sum, file) => sum + (file ? file.length : 0), 0)
    const paths = Object.values(files).filter((path) => path !== null)
    note(`wrote ${paths.join(' and ')} (${humanBytes(bytes)})`)
    const { closeness, verdicts, encoding } = (await readTrainedRun(argv.run)).config
    await warnUnfinished(argv.run)
    if (seededOut !== undefined) note(sameRows(seededOut, out, samplerOut, encoding !== undefined))
    if (closeness?.doubt) warn(warningInFlags(closeness.doubt))
    sayVerdicts({ verdicts, closeness })
    if (argv.json) printJson({ ...files, bytes })
    suggest(...afterExport(argv.run, files.model, files.sampler))
  },
})

/** Which samples a seeded.onnx has, and how exactly: model.onnx computes each step by itself, and rounds in between. */
function sameRows(seeded: string, model: string, sampler: string | undefined, isTable: boolean): string {
  const ofSampler = `the samples that moonstep sample draws from ${sampler ?? 'a sampler.onnx'}, to the bit`
  return `${seeded} has ${ofSampler}, and those of ${model} ${isTable ? 'up to the rounding of cells' : 'up to 1e-5'}`
}
