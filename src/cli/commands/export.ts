import { InputError } from '../../core/errors.ts'
import { humanBytes } from '../../core/format.ts'
import { exportModel } from '../../node/export.ts'
import { defineCommand } from '../command.ts'
import { processChoice, samplerOptions } from '../model-options.ts'
import { afterExport } from '../next-commands.ts'
import { note, printJson, suggest, warn } from '../output.ts'
import { waitFor } from '../progress.ts'

const exportOptions = {
  out: { type: 'string', default: 'model.onnx', describe: 'the network' },
  'sampler-out': {
    type: 'string',
    describe: 'the whole reverse process as one graph, sampler.onnx say [default: not made]',
  },
  ...samplerOptions,
  trajectory: { type: 'boolean', describe: 'sampler.onnx also gives every state on the way' },
  force: { type: 'boolean', describe: 'overwrite files that moonstep did not make' },
} as const

export const command = defineCommand({
  options: exportOptions,
  positionals: { run: { type: 'string', demandOption: true, describe: 'run folder' } },
  examples: [
    ['$0 export runs/moons', 'writes model.onnx'],
    ['$0 export runs/moons --sampler-out sampler.onnx', 'and the whole reverse process'],
  ],
  async handler(argv) {
    const samplerOut = argv['sampler-out']
    const given = Object.keys({ ...samplerOptions, trajectory: 0 }).find(
      (name) => argv[name as keyof typeof argv] !== undefined,
    )
    if (given && samplerOut === undefined)
      throw new InputError(`--${given} shapes sampler.onnx: give --sampler-out too`, 'conflict')
    const sampler =
      samplerOut === undefined
        ? undefined
        : { ...processChoice(argv), trajectory: argv.trajectory, onWarning: warn }
    const made = await waitFor('exporting', () =>
      exportModel({ run: argv.run, out: argv.out, samplerOut, sampler, force: argv.force }),
    )
    const files = { model: argv.out, sampler: samplerOut ?? null }
    const bytes = made.model.length + (made.sampler?.length ?? 0)
    note(`wrote ${[files.model, files.sampler].filter(Boolean).join(' and ')} (${humanBytes(bytes)})`)
    if (argv.json) printJson({ ...files, bytes })
    suggest(...afterExport(argv.run, files.model, files.sampler))
  },
})
