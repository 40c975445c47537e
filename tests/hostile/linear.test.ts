import { describe, it } from 'vitest'
import { expectLinear, linearParsers } from './linear-texts.ts'

describe.each(linearParsers)('$name', ({ read, texts }) => {
  it.each(Object.entries(texts))('of %s is looked at a few times, however long it is', async (_, textOf) => {
    await expectLinear(read, textOf(10_000))
    await expectLinear(read, textOf(50_000))
  })
})
