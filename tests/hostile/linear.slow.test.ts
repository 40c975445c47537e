import { setFlagsFromString } from 'node:v8'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { expectLinear, linearParsers } from './linear-texts.ts'

// as V8 does by itself in a process that has compiled much: a class repeated four million times is a RangeError then
beforeAll(() => setFlagsFromString('--no-regexp-optimization'))
afterAll(() => setFlagsFromString('--regexp-optimization'))

describe.each(linearParsers)('$name', ({ read, texts }) => {
  const [first, ...others] = Object.entries(texts)
  // one text each: to count the others too would take minutes
  it.each([first!])('of 5 MB of %s is looked at a few times', async (_, textOf) => {
    await expectLinear(read, textOf(5_000_000))
  })
  it.each(others)('of 5 MB of %s is read or refused', async (_, textOf) => {
    try {
      await read(textOf(5_000_000))
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
    }
  })
})
