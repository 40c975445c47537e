import { describe, expect, it } from 'vitest'
import { readCommandLine, typedMessage } from '../../src/cli/command-line.ts'
import { InputError, outOfRange } from '../../src/core/errors.ts'
import { words } from '../helpers/words.ts'

describe('an error about an option', () => {
  const told = async (error: InputError, ...line: string[]) =>
    typedMessage(error, await readCommandLine(line))

  it.each([
    [words`sample m -n 0`, '-n 0'],
    [words`sample m -n0`, '-n 0'],
    [words`sample --count=00 m`, '--count 00'],
    [words`sample --count 5 m -n 0`, '-n 0'],
    [words`sample m -n 1e99 -- --count 3`, '-n 1e99'],
  ])('repeats what was typed: %s', async (line, typed) => {
    expect(await told(outOfRange('count', 0, 'give a whole number'), ...line)).toBe(
      `${typed}: give a whole number`,
    )
  })

  it('names the flag of what has another name in the API', async () => {
    expect(await told(outOfRange('T', 0, 'give more'), 'train', '--timesteps', '0')).toBe(
      '--timesteps 0: give more',
    )
    expect(await told(outOfRange('noiseLevel', -1, 'give more'), 'train', '--noise-level', '-1')).toBe(
      '--noise-level -1: give more',
    )
    expect(await told(outOfRange('numSteps', 99, 'give less'), 'sample', 'm', '--numSteps=99')).toBe(
      '--numSteps 99: give less',
    )
  })

  it('names the flag where nothing was typed', async () => {
    expect(await told(outOfRange('count', 0, 'give more'), 'sample', 'm')).toBe('--count is 0: give more')
  })

  it('keeps what the message says of the value', async () => {
    const error = new InputError('hidden has 0: give more', 'out-of-range', { option: 'hidden', value: 0 })
    expect(await told(error, 'train', '--hidden', '10,0')).toBe('--hidden 10,0 has 0: give more')
  })

  it('has flags for the options that it hints at, and leaves other names', async () => {
    const error = new InputError('the loss is NaN: lower `learningRate`, not `that`', 'out-of-range')
    expect(await told(error, 'train')).toBe('the loss is NaN: lower --learning-rate, not `that`')
  })

  it('stays as it is where the command has no such option', async () => {
    expect(await told(outOfRange('chunkSize', 0, 'give more'), 'sample', 'm')).toBe(
      'chunkSize is 0: give more',
    )
  })
})
