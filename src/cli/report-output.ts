/** A report on a terminal, shared by `report` and `evaluate --train`. */

import { InputError } from '../core/errors.ts'
import { counted, textTable } from '../core/format.ts'
import type { GivenValue, Measures } from '../measure/quality.ts'
import { metricNames } from '../measure/utility.ts'
import type { Report } from '../report/report.ts'
import type { ArgumentsOf } from './command.ts'
import { givenOf } from './given.ts'
import { coloured, note, refuse, wrapped } from './output.ts'

/** Allowed endings of a page. */
export const pageEndings = ['.html'] as const

export const reportOptions = {
  target: {
    type: 'string',
    describe:
      'the column that trees learn from samples and predict for real rows [default: the last suitable one]',
  },
  given: {
    type: 'string',
    describe: 'a value, such as sex=female: also measure the rows with it separately [default: none]',
  },
  'max-detection': {
    type: 'number',
    describe:
      'exit 1 if trees tell samples from real rows with a higher AUC than this, from 0.5 to 1 [default: none]',
  },
  'max-membership': {
    type: 'number',
    describe:
      'exit 1 if the worst attack on membership has a higher AUC than this, from 0.5 to 1 [default: none]',
  },
} as const

/** The report's options. Throws InputError if --given has no column, no value, or several. */
export function reportChoice(argv: ArgumentsOf<typeof reportOptions>) {
  return {
    target: argv.target,
    given: givenValue(argv.given),
    maxDetection: argv['max-detection'],
    maxMembership: argv['max-membership'],
  }
}

function givenValue(given: string | readonly string[] | undefined): GivenValue | undefined {
  if (given === undefined) return undefined
  const [one, ...others] = Object.entries(givenOf([given].flat())!)
  const [column, value] = one!
  if (others.length > 0 || value === null || value === undefined)
    throw new InputError(`--given takes one value of one column here, such as sex=female`, 'out-of-range', {
      option: 'given',
    })
  return { column, value }
}

/** The report in the page's words, without the numbers of each column. */
export function reportText(report: Report): string {
  const { given, privacy, modelFile, verdict } = report
  const parts = [measuresText(report)]
  if (given) {
    const rows = `${counted(given.rows.samples, 'sample')} and ${counted(given.rows.against, 'held-out row')}`
    const title = `with ${given.column} = ${given.value}, ${rows}`
    const measures = given.quality ? measuresText(given.quality) : 'too few samples to measure'
    parts.push(`${title}:\n\n${measures}`)
  }
  parts.push(`privacy:\n${privacy.sentences.map(wrapped).join('')}`.trimEnd())
  if (modelFile) {
    const held = modelFile.reduce((sum, { values }) => sum + values, 0)
    parts.push(
      wrapped(
        `the model file itself contains ${counted(held, 'value')} of ${counted(modelFile.length, 'column')}, readable by anyone who has it.`,
      ).trimEnd(),
    )
  }
  parts.push(`verdict: ${verdict}`)
  return `${parts.join('\n\n')}\n`
}

function measuresText({ shapes, trends, real, detection, utility, worst }: Measures): string {
  const shown = (value: number | null) => (value === null ? '-' : value.toFixed(3))
  const rows = [
    ['', 'samples', 'real rows'],
    ['columns (shapes), 1 is the same', shown(shapes), shown(real.shapes)],
    ['pairs of columns (trends), 1 is the same', shown(trends), shown(real.trends)],
    ['trees tell samples from real rows, AUC', shown(detection.auc), shown(detection.null)],
  ]
  if (utility)
    rows.push([
      `trees learn ${utility.target}, ${metricNames[utility.metric]}`,
      shown(utility.synthetic),
      shown(utility.real),
    ])
  const sentences = [...worst.columns, ...worst.pairs].map(({ sentence }) => wrapped(sentence))
  const far =
    sentences.length > 0
      ? `furthest off:\n${sentences.join('').trimEnd()}`
      : 'no column and no pair is further off than real rows may be from each other.'
  return `${textTable(rows, { flushRight: (column) => column > 0 }).join('\n')}\n\n${far}`
}

/** Prints the results of the limits; sets exit code 1 if one was exceeded. */
export function concludeLimits({ limits }: Pick<Report, 'limits'>): void {
  for (const { isKept, sentence } of limits)
    if (isKept) note(coloured(process.stderr, 'green', sentence))
    else refuse(sentence)
  if (limits.some(({ isKept }) => !isKept)) process.exitCode = 1
}
