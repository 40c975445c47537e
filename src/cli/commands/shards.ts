import { digestOfFile } from '../../core/files.ts'
import { counted, humanCount, short } from '../../core/format.ts'
import type { Redrawn } from '../../infer/shards/redraw.ts'
import { type ShardsReport, verifyShards } from '../../infer/shards/verify.ts'
import { call } from '../call.ts'
import { defineCommand, option } from '../command.ts'
import { loadOn, providerOptions } from '../options.ts'
import { note, printJson, printText, refuse, waitForWork } from '../output.ts'

export const command = defineCommand({
  options: {
    model: option.text('the model that drew them, to redraw a hundredth of the samples [default: none]'),
    ...providerOptions,
  },
  positionals: {
    action: { choices: ['verify'], demandOption: true, describe: 'what to do with the parts' },
    folder: option.text('the folder written by sample --shard', { demandOption: true }),
  },
  usage: '$0 shards verify <folder>\n\nCheck that the parts of sample --shard are complete',
  examples: [
    ['$0 shards verify parts', 'gaps, overlaps, digests'],
    ['$0 shards verify parts --model model.onnx', 'also redraws a hundredth of the samples'],
  ],
  async handler(argv) {
    const { folder, json } = argv
    const report = await waitForWork('reading parts', async (signal, { update: onProgress }) => {
      if (argv.model === undefined) return verifyShards(folder, { signal, onProgress })
      const sha256 = await digestOfFile(argv.model)
      await using loaded = await loadOn(argv.model, argv)
      return await verifyShards(folder, { model: { loaded, sha256 }, signal, onProgress })
    })
    if (json) printJson(report)
    else printText(`${lineOf(report)}\n`, ['complete', 'NOT COMPLETE'])
    for (const problem of report.problems) refuse(problem)
    if (!report.isComplete) call.exitCode = 1
    else if (report.redrawn) note(noteOf(report.redrawn))
  },
})

function lineOf({ isComplete, parts, shards, samples, count }: ShardsReport): string {
  const ofParts = shards === null ? '' : ` of ${humanCount(shards)}`
  const ofSamples = count === null ? '' : ` of ${humanCount(count)}`
  return `${isComplete ? 'complete' : 'NOT COMPLETE'}: ${humanCount(parts)}${ofParts} parts, ${humanCount(samples)}${ofSamples} samples`
}

/** What drawing samples again showed, if they pass. */
function noteOf({ samples, worst, cells, flips, otherCandidates }: Redrawn): string {
  const seen = [
    ...(flips > 0 ? [`${humanCount(flips)} of ${counted(cells, 'cell')} flipped`] : []),
    ...(otherCandidates > 0
      ? [`${counted(otherCandidates, 'row')} ${otherCandidates > 1 ? 'are' : 'is'} another candidate`]
      : []),
    ...(worst > 0
      ? [`${flips > 0 ? 'other ' : ''}numbers differ by up to ${short(worst)} of their range`]
      : []),
  ]
  const rounding = seen.length > 0 ? `, but for rounding: ${seen.join(', ')}` : ''
  return `${counted(samples, 'sample')} drawn again: the same${rounding}`
}
