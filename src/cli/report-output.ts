/** A report on a terminal, shared by `report` and `evaluate --train`. */

import { InputError } from '../core/errors.ts'
import type { GivenValue } from '../measure/prepare.ts'
import type { Report } from '../report/report.ts'
import type { ArgumentsOf } from './command.ts'
import { givenOf } from './model-options.ts'
import { coloured, note, refuse } from './output.ts'

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
      'exit 1 if trees distinguish samples from real rows with a higher AUC than this, from 0.5 to 1 [default: none]',
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
  const [first, ...others] = Object.entries(givenOf([given].flat())!)
  const [column, value] = first!
  if (others.length > 0 || value === null || value === undefined)
    throw new InputError(`--given takes one value of one column here, such as sex=female`, 'out-of-range', {
      option: 'given',
    })
  return { column, value }
}

/** Prints the results of the limits; sets exit code 1 if one was exceeded. */
export function concludeLimits({ limits }: Pick<Report, 'limits'>): void {
  for (const { isKept, sentence } of limits)
    if (isKept) note(coloured(process.stderr, 'green', sentence))
    else refuse(sentence)
  if (limits.some(({ isKept }) => !isKept)) process.exitCode = 1
}
