import type { InferredOptionTypes } from 'yargs'
import { outOfRange } from '../../core/errors.ts'
import { humanCount, significant } from '../../core/format.ts'
import { evaluationNotes, evaluationTable } from '../../evaluate/describe.ts'
import { type Evaluation, evaluateScaled, type ScaledRequest } from '../../evaluate/evaluate-scaled.ts'
import { type Command, withValues } from '../command.ts'
import { type EvaluationInputs, readInputs } from '../evaluation-inputs.ts'
import { afterEvaluation } from '../next-commands.ts'
import { coloured, interruptible, note, printJson, refuse, suggest, warn } from '../output.ts'
import { createProgress } from '../progress.ts'

const evaluateOptions = withValues({
  against: {
    type: 'string',
    demandOption: true,
    describe: 'real points, .csv, .json or .npy; held-out ones are best',
  },
  model: { type: 'string', describe: 'the model.onnx or sampler.onnx of the samples: scales all points' },
  train: { type: 'string', describe: "training points [default: the model's built-in dataset, made again]" },
  ideal: { type: 'boolean', describe: "also the ideal denoiser's samples, by the model's sampler" },
  teacher: {
    type: 'string',
    describe: 'the model.onnx or sampler.onnx that --model learned from: the distance between their samples',
  },
  'max-ratio': {
    type: 'number',
    describe:
      'exit 1 where the sliced Wasserstein-2 or energy distance exceeds so many times real against real',
  },
  quick: { type: 'boolean', describe: 'fewer points for the distances that take pairs of them' },
} as const)

type EvaluateArguments = InferredOptionTypes<typeof evaluateOptions> & { samples: string; json?: boolean }

export const evaluateCommand: Command<EvaluateArguments> = {
  options: evaluateOptions,
  positionals: {
    samples: {
      type: 'string',
      demandOption: true,
      describe: 'a .csv, .json or .npy file of points, as sample writes it',
    },
  },
  builder: (yargs) =>
    yargs
      .example('$0 evaluate samples.csv --against held-out.csv --model model.onnx', '')
      .example(
        '$0 evaluate samples.csv --against held-out.csv --model student.onnx --teacher model.onnx',
        'what a student lost',
      )
      .example('$0 evaluate samples.csv --against data.csv --max-ratio 2', 'exit 1 where they are worse'),
  async handler(argv) {
    const maxRatio = argv['max-ratio']
    if (maxRatio !== undefined && !(maxRatio > 0 && Number.isFinite(maxRatio)))
      throw outOfRange('maxRatio', maxRatio, 'give a number above 0, 2 say')
    const progress = createProgress()
    progress.wait(argv.teacher === undefined ? 'reading points' : 'reading points, sampling the teacher')
    const { inputs, evaluation } = await interruptible(async (signal) => {
      const inputs = await readInputs(argv)
      for (const warning of inputs.warnings) warn(warning)
      const request: ScaledRequest = { ...inputs.request, quick: argv.quick, signal }
      return { inputs, evaluation: await evaluateScaled({ ...request, onProgress: progress.update }) }
    }).finally(progress.stop)
    const exceeded = maxRatio === undefined ? [] : exceededBy(evaluation, maxRatio)
    report(argv, inputs, evaluation, exceeded)
    for (const name of exceeded)
      refuse(
        `${judged[name]} is ${significant(evaluation.ratio[name])} times real against real: more than --max-ratio ${maxRatio}`,
      )
    if (exceeded.length > 0) process.exitCode = 1
    else if (maxRatio !== undefined) note(coloured(process.stderr, 'green', `within --max-ratio ${maxRatio}`))
    const { dim } = inputs.request.samples.points
    const idealIsOpen = !argv.ideal && argv.model !== undefined && inputs.training !== null
    const outcome = { exceeded: exceeded.length > 0, idealIsOpen }
    suggest(...afterEvaluation({ ...argv, model: argv.model, dim }, outcome, process.argv.slice(2)))
  },
}

/** The distances that --max-ratio is about, each with a null above 0: the energy as a V-statistic therefore. */
const judged = { slicedWasserstein2: 'sliced Wasserstein-2', energyV: 'the energy distance (V)' } as const

function exceededBy({ ratio }: Evaluation, maxRatio: number): (keyof typeof judged)[] {
  const names = Object.keys(judged) as (keyof typeof judged)[]
  return names.filter((name) => !(ratio[name] <= maxRatio))
}

function report(
  { samples, against, json, 'max-ratio': maxRatio }: EvaluateArguments,
  { scaledBy, training, process: denoised, teaching }: EvaluationInputs,
  evaluation: Evaluation,
  exceeded: readonly string[],
): void {
  const notes = evaluationNotes(evaluation)
  if (training !== null) notes.push(`training points: ${training}.`)
  if (denoised !== null) notes.push(`the ideal denoiser is sampled by ${denoised}.`)
  if (teaching !== null) notes.push(`the teacher is sampled by ${teaching}.`)
  const [ofData, ofSamples] = evaluation.counts.all
  const title = `${samples} (${humanCount(ofSamples)}) against ${against} (${humanCount(ofData)}), scaled by ${scaledBy}`
  if (json) {
    for (const line of notes) note(line)
    printJson({ ...evaluation, scaledBy, training, maxRatio: maxRatio ?? null, exceeded, notes })
  } else process.stdout.write(`${title}\n\n${evaluationTable(evaluation)}\n\n${notes.map(wrapped).join('')}`)
}

/** A note as a list's item of lines of at most 80 characters. */
function wrapped(text: string): string {
  const lines = ['-']
  for (const word of text.split(' '))
    if (`${lines.at(-1)} ${word}`.length <= 80) lines[lines.length - 1] += ` ${word}`
    else lines.push(`  ${word}`)
  return `${lines.join('\n')}\n`
}
