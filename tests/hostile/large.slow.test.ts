import { describe, it } from 'vitest'
import { folderOf } from '../helpers/folders.ts'
import { expectAnswer, inputsOf, surfacesOf } from './run.ts'

const place = folderOf('hostile-large')

describe.each(['table', 'database'] as const)('a large hostile %s', async (kind) => {
  const inputs = (await inputsOf(kind)).filter(([, { isLarge }]) => isLarge)
  it.each(inputs)('%s', async (_, input) => {
    for (const { name, run } of surfacesOf(input, place)) {
      const isInPage = name === 'a page' && input.kind === 'table' && input.inPage
      expectAnswer(await run(), isInPage || input.is)
    }
  })
})
