import { compare } from '../../compare/compare.ts'
import { describeComparison } from '../../compare/describe.ts'
import { toMarkdown, toText } from '../../compare/document.ts'
import { toleranceNames } from '../../compare/parity.ts'
import { requireWritable, writeWhole } from '../../core/files.ts'
import { humanSeconds } from '../../core/format.ts'
import { isNetworkFolder } from '../../node/network.ts'
import { call } from '../call.ts'
import { defineCommand, modelArgument, namedInApi, nameList, option } from '../command.ts'
import {
  compareFolder,
  networkGiven,
  networkOptions,
  requireNoNetworkOptions,
  requireOnlyNetworkOptions,
} from '../network.ts'
import { afterComparison } from '../next-commands.ts'
import { requireNoTable } from '../options.ts'
import { note, printJson, printText, suggest, waitForWork } from '../output.ts'

const compareOptions = {
  providers: option.text('such as cpu,webgpu [default: all that run in hardware here]'),
  reference: option.text('a run folder or model.onnx with the right weights [default: the model itself]'),
  tolerance: option.oneOf(toleranceNames, 'class of tolerances [default: fp32]'),
  atol: option.number("absolute tolerance of a network call [default: the class's]"),
  rtol: option.number("relative tolerance [default: the class's]"),
  bisect: option.flag('name the first node whose output is wrong'),
  given: networkGiven,
  shape: networkOptions.shape,
  'num-steps': option.positiveInteger('steps of a network of others [default: 10]'),
  threads: option.positiveInteger('CPU threads [default: all cores; 1 in a browser]'),
  'device-id': option.wholeNumber('index of the GPU, for provider cuda [default: 0]'),
  markdown: option.text('file to write the report to, as Markdown [default: none]'),
} as const

export const command = defineCommand({
  options: compareOptions,
  positionals: modelArgument,
  examples: [
    ['$0 compare model.onnx', 'all providers of this machine'],
    ['$0 compare model.onnx --providers cpu,webgpu --bisect', 'which node is wrong, if any'],
    ['$0 compare digits --given class_labels=3', 'providers beside each other, for a network of others'],
    ['$0 compare model.onnx --reference runs/moons', 'did the export keep the weights?'],
  ],
  async handler(argv) {
    if (isNetworkFolder(argv.model)) {
      requireOnlyNetworkOptions(argv, ['reference', 'tolerance', 'atol', 'bisect', 'markdown'])
      return compareFolder(argv)
    }
    requireNoNetworkOptions(argv, ['given', 'shape', 'num-steps'])
    requireNoTable(argv.model)
    const { markdown, given: _, shape: __, numSteps: ___, ...options } = namedInApi(compareOptions, argv)
    if (markdown !== undefined) await requireWritable(markdown)
    const start = performance.now()
    const comparison = await waitForWork('comparing', (signal, { update }) =>
      compare(argv.model, {
        ...options,
        providers: nameList(argv.providers),
        signal,
        onProgress: ({ stage, ...parts }) => update({ ...parts, stage: 'comparing', detail: stage }),
      }),
    )
    const blocks = describeComparison(comparison)
    if (markdown !== undefined) await writeWhole(markdown, toMarkdown(blocks))
    if (argv.json) printJson(comparison)
    else printText(toText(blocks), ['pass', 'FAIL'])
    if (markdown !== undefined) note(`wrote ${markdown}`)
    const times = comparison.providers.flatMap(({ provider, seconds }) =>
      seconds === null ? [] : [`${provider} ${humanSeconds(seconds)}`],
    )
    note(`comparing took ${humanSeconds((performance.now() - start) / 1000)}: ${times.join(', ')}`)
    const { pass } = comparison
    if (!pass) call.exitCode = 1
    suggest(...afterComparison(argv.model, { pass, bisected: argv.bisect === true }, call.words))
  },
})
