import { words } from '../helpers/words.ts'

const model = 'models/two-moons-seed/model.onnx'

/** Command lines that the parser refuses, each with what is said of it. */
export const wrongCalls: readonly (readonly [line: readonly string[], said: string])[] = [
  [[], 'give a command: moonstep --help lists them'],
  [['--json'], 'give a command: moonstep --help lists them'],
  [['smaple'], 'unknown command smaple (did you mean sample?): moonstep --help lists them'],
  [['xyzzy'], 'unknown command xyzzy: moonstep --help lists them'],
  [
    words`--json smaple ${model}`,
    'unknown command smaple (did you mean sample?): moonstep --help lists them',
  ],
  [['sample'], 'moonstep sample needs <model>: moonstep sample --help describes it'],
  [words`plot --out x.svg`, 'moonstep plot needs <figure>: moonstep plot --help describes it'],
  [words`sample --seed 3`, 'moonstep sample needs <model>: moonstep sample --help describes it'],
  [
    words`sample ${model} --sede 3`,
    'unknown option --sede (did you mean --seed?): moonstep sample --help lists the options',
  ],
  [
    words`sample ${model} --numSteps2=3`,
    'unknown option --numSteps2 (did you mean --num-steps?): moonstep sample --help lists the options',
  ],
  [words`sample ${model} --xyzzy`, 'unknown option --xyzzy: moonstep sample --help lists the options'],
  [words`sample ${model} -x 3`, 'unknown option -x: moonstep sample --help lists the options'],
  [
    words`evaluate s.csv --xyzzy 3 --aganst d.csv`,
    'unknown option --aganst (did you mean --against?): moonstep evaluate --help lists the options',
  ],
  [['doctor', 'more'], 'unexpected argument more: moonstep doctor takes only options'],
  [['sample', model, 'more'], 'unexpected argument more: moonstep sample takes <model>'],
  [['plot', 'loss', 'run', 'more'], 'unexpected argument more: moonstep plot takes <figure> [model]'],
  [['train', '--out'], '--out needs a value: moonstep train --help describes it'],
  [words`sample ${model} -n`, '-n needs a value: moonstep sample --help describes it'],
  [words`sample ${model} --seed --clip`, '--seed needs a value: moonstep sample --help describes it'],
  [['sample', ''], 'moonstep sample needs <model>: moonstep sample --help describes it'],
  [
    ['evaluate', '', '--against', 'd.csv'],
    'moonstep evaluate needs <samples>: moonstep evaluate --help describes it',
  ],
  [['sample', model, '--out', ''], '--out needs a value: moonstep sample --help describes it'],
  [['sample', model, '--out='], '--out needs a value: moonstep sample --help describes it'],
  [['completion', 'fish'], 'unknown shell fish: choose from bash, zsh'],
  [['completion', 'bash', 'more'], 'moonstep completion takes bash or zsh, and no options'],
  [['train'], '--out is missing: moonstep train --help describes it'],
  [['evaluate', 's.csv'], '--against is missing: moonstep evaluate --help describes it'],
  [
    words`sample ${model} --provider cppu`,
    'unknown provider cppu (did you mean cpu?): choose from cpu, cuda, webgpu, wasm, simd, webgpu-browser, wasm-browser, ' +
      'tensorflow, reference, auto',
  ],
  [
    words`sample ${model} --sampler=dpmsolver`,
    'unknown sampler dpmsolver (did you mean dpmsolver++?): choose from ',
  ],
  [words`plot sample ${model} --out x.svg`, 'unknown figure sample (did you mean samples?): choose from '],
  [words`sample ${model} -n ten`, '-n ten is not a number: give a whole number from 1 up'],
  [words`sample ${model} -nten`, '-n ten is not a number: give a whole number from 1 up'],
  [words`sample ${model} --count=ten`, '--count ten is not a number: give a whole number from 1 up'],
  [words`sample ${model} --seed x`, '--seed x is not a number: give a whole number from 0 up'],
  [
    words`sample ${model} --num-steps 1,000`,
    '--num-steps 1,000 is not a number: give a whole number from 1 up',
  ],
  [words`train --out x --steps many`, '--steps many is not a number: give a whole number from 1 up'],
  [words`train --out x --learning-rate NaN`, '--learning-rate NaN is not a number: give a number'],
  [words`bench ${model} --seconds long`, '--seconds long is not a number: give a number'],
]
