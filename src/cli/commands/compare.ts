import type { InferredOptionTypes } from 'yargs'
import { compare } from '../../compare/compare.ts'
import { describeComparison } from '../../compare/describe.ts'
import { toMarkdown, toText } from '../../compare/document.ts'
import { toleranceNames } from '../../compare/parity.ts'
import { requireWritable, writeWhole } from '../../core/files.ts'
import {
  type Command,
  modelArgument,
  nameList,
  positiveInteger,
  wholeNumber,
  withValues,
} from '../command.ts'
import { afterComparison } from '../next-commands.ts'
import { interruptible, note, paintVerdict, printJson, suggest } from '../output.ts'
import { createProgress } from '../progress.ts'

const compareOptions = withValues({
  providers: { type: 'string', describe: 'cpu,webgpu say [default: all that this machine has]' },
  reference: { type: 'string', describe: 'a run folder or model.onnx with the right weights' },
  tolerance: { choices: toleranceNames, describe: 'how far a provider may be off [default: fp32]' },
  atol: { type: 'number', describe: "absolute tolerance of a network call, in place of the class's" },
  rtol: { type: 'number', describe: "relative tolerance, in place of the class's" },
  bisect: { type: 'boolean', describe: 'name the first node whose output departs' },
  threads: { ...positiveInteger, describe: 'threads that compute on the processor' },
  'device-id': { ...wholeNumber, describe: 'which GPU, of cuda [default: 0]' },
  markdown: { type: 'string', describe: 'a file for the report as Markdown' },
} as const)

type CompareArguments = InferredOptionTypes<typeof compareOptions> & { model: string; json?: boolean }

export const compareCommand: Command<CompareArguments> = {
  options: compareOptions,
  positionals: modelArgument,
  builder: (yargs) =>
    yargs
      .example('$0 compare model.onnx', 'all that this machine has')
      .example('$0 compare model.onnx --providers cpu,webgpu --bisect', 'which node is wrong, if any')
      .example('$0 compare model.onnx --reference runs/moons', 'did the export keep the weights?'),
  async handler(argv) {
    if (argv.markdown !== undefined) await requireWritable(argv.markdown)
    const progress = createProgress()
    progress.wait('comparing')
    const comparison = await interruptible((signal) =>
      compare(argv.model, {
        providers: argv.providers === undefined ? undefined : nameList(argv.providers),
        reference: argv.reference,
        tolerance: argv.tolerance,
        atol: argv.atol,
        rtol: argv.rtol,
        bisect: argv.bisect,
        threads: argv.threads,
        deviceId: argv['device-id'],
        signal,
        onProgress({ stage, ...parts }) {
          progress.update({ ...parts, stage: 'comparing', detail: stage })
        },
      }),
    ).finally(progress.stop)
    const blocks = describeComparison(comparison)
    if (argv.markdown !== undefined) await writeWhole(argv.markdown, toMarkdown(blocks))
    if (argv.json) printJson(comparison)
    else process.stdout.write(toText(blocks, paintVerdict))
    if (argv.markdown !== undefined) note(`wrote ${argv.markdown}`)
    if (!comparison.pass) process.exitCode = 1
    const { pass } = comparison
    suggest(...afterComparison(argv.model, { pass, bisected: argv.bisect === true }, process.argv.slice(2)))
  },
}
