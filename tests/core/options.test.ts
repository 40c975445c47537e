import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import {
  abortSignal,
  callback,
  checkOptions,
  flag,
  integer,
  list,
  number,
  oneOf,
  text,
} from '../../src/core/options.ts'

const known = {
  count: integer(1, 100),
  rate: number(0),
  sampler: oneOf(['ddpm', 'ddim']),
  out: text,
  force: flag,
  onProgress: callback,
  names: list('names'),
  signal: abortSignal,
}

const refusal = (given: unknown, required: (keyof typeof known)[] = []) => {
  try {
    checkOptions('draw', given, known, required)
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    const { message, code, option, value } = error as InputError
    return { message, code, option, value }
  }
  return undefined
}

describe('the options of a public function', () => {
  it('pass if they are right, and undefined counts as not given', () => {
    const signal = new AbortController().signal
    for (const right of [
      {},
      { count: 1, rate: 0.5, sampler: 'ddim', out: '', force: false, names: [], signal, onProgress() {} },
      { count: undefined, out: undefined },
    ])
      expect(refusal(right)).toBeUndefined()
  })

  it.each<[unknown, string, string]>([
    [{ cuont: 5 }, 'unknown-option', 'unknown option cuont (did you mean count?)'],
    [
      { xyzzy: 5 },
      'unknown-option',
      'unknown option xyzzy: draw takes count, rate, sampler, out, force, onProgress, names, signal',
    ],
    [{ toString: 5 }, 'unknown-option', 'unknown option toString: draw takes'],
    [{ count: '10' }, 'wrong-type', "count is '10', a string: give a whole number from 1 to 100"],
    [{ count: 10n }, 'wrong-type', 'count is 10n, a bigint: give a whole number from 1 to 100'],
    [{ count: 0 }, 'out-of-range', 'count is 0: give a whole number from 1 to 100'],
    [{ count: 1.5 }, 'out-of-range', 'count is 1.5: give a whole number from 1 to 100'],
    [{ count: Number.NaN }, 'out-of-range', 'count is NaN: give a whole number from 1 to 100'],
    [{ rate: null }, 'wrong-type', 'rate is null: give a number from 0 up'],
    [{ rate: -1 }, 'out-of-range', 'rate is -1: give a number from 0 up'],
    [{ sampler: 'dpim' }, 'unknown-name', 'unknown sampler dpim (did you mean ddim?): choose from ddpm'],
    [{ sampler: ['ddpm'] }, 'wrong-type', 'sampler is an array: choose from ddpm, ddim'],
    [{ out: new URL('file:///x') }, 'wrong-type', 'out is an object of URL: give a string'],
    [{ force: 'yes' }, 'wrong-type', "force is 'yes', a string: give true or false"],
    [{ onProgress: {} }, 'wrong-type', 'onProgress is an object: give a function'],
    [{ names: 'a' }, 'wrong-type', "names is 'a', a string: give an array of names"],
    [{ signal: () => {} }, 'wrong-type', 'signal is a function: give an AbortSignal'],
    ['x', 'wrong-type', "the argument of draw is 'x', a string: give an object of its options, count, rate"],
    [undefined, 'missing', 'the argument of draw is missing: give an object of its options'],
    [[1], 'wrong-type', 'the argument of draw is an array: give an object'],
  ])('are refused in one line with a code: %o, %s', (given, code, message) => {
    const refused = refusal(given)
    expect(refused?.message.startsWith(message)).toBe(true)
    expect(refused?.code).toBe(code)
    expect(refused?.message).not.toContain('\n')
  })

  it('are refused with the name and the value of the wrong one', () => {
    expect(refusal({ count: '10' })).toMatchObject({ option: 'count', value: '10' })
    expect(refusal({ cuont: 5 })).toMatchObject({ option: 'cuont', value: 5 })
  })

  it('are refused if a required one is missing', () => {
    expect(refusal({}, ['out'])).toMatchObject({ message: 'out is missing: give a string', code: 'missing' })
  })
})
