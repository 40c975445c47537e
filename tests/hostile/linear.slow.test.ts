import { describe, it } from 'vitest'
import { expectLinear, linearParsers } from './linear-texts.ts'

describe.each(linearParsers)('$name', ({ read, texts }) => {
  // one text each: the other texts of 10 MB would take minutes to count
  it.each(Object.entries(texts).slice(0, 1))('of 10 MB of %s is looked at a few times', async (_, textOf) => {
    await expectLinear(read, textOf(10_000_000))
  })
})
