import { expect, it } from 'vitest'
import { usageMessage } from '../../src/cli/usage.ts'

const commands = ['sample', 'compare']
const none = { commands, called: undefined, options: ['json', 'quiet'], given: [] }
const sample = {
  commands,
  called: 'sample <model>',
  options: ['json', 'seed', 'num-steps', 'against', 'out'],
  given: [],
}

it.each([
  [
    'Unknown argument: smaple',
    none,
    'unknown command smaple (did you mean sample?): moonstep --help lists them',
  ],
  ['Unknown argument: xyzzy', none, 'unknown command xyzzy: moonstep --help lists them'],
  [
    'Unknown arguments: sede, x',
    sample,
    'unknown argument sede (did you mean seed?): moonstep sample --help lists what there is',
  ],
  [
    'Unknown arguments: numSteps2, x',
    sample,
    'unknown argument numSteps2 (did you mean num-steps?): moonstep sample --help lists what there is',
  ],
  [
    'Invalid values:\n  Argument: provider, Given: "cppu", Choices: "cpu", "cuda"',
    sample,
    'unknown provider cppu (did you mean cpu?): choose from cpu, cuda',
  ],
  [
    'Missing required arguments: out, against',
    sample,
    '--out and --against are missing: moonstep sample --help tells what they are',
  ],
  [
    'Missing required argument: against',
    { ...sample, given: ['seed', 'aganst'] },
    'unknown argument aganst (did you mean against?): moonstep sample --help lists what there is',
  ],
  [
    'Missing required argument: against',
    { ...sample, given: ['seed'] },
    '--against is missing: moonstep sample --help tells what it is',
  ],
  [
    'Not enough non-option arguments: got 0, need at least 1',
    sample,
    'moonstep sample needs an argument, <model>: moonstep sample --help tells what it is',
  ],
  [
    'Not enough arguments following: seed',
    sample,
    '--seed needs a value: moonstep sample --help tells which',
  ],
])('%s', (message, usage, expected) => expect(usageMessage(message, usage)).toBe(expected))
