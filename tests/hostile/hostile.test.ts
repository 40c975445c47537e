import { describe, expect, it } from 'vitest'
import { folderOf } from '../helpers/folders.ts'
import { expectAnswer, inputsOf, surfacesOf } from './run.ts'

const place = folderOf('hostile')

describe.each([
  'table',
  'condition',
  'rule',
  'schema',
  'source',
  'address',
  'database',
  'zip',
  'model',
] as const)('a hostile %s', async (kind) => {
  const inputs = (await inputsOf(kind)).filter(([, { isLarge }]) => !isLarge)
  it.each(inputs)('%s', async (_, input) => {
    const surfaces = surfacesOf(input, place)
    expect(surfaces.length).toBeGreaterThan(0)
    for (const { name, run } of surfaces) {
      const isInPage = name === 'a page' && input.kind === 'table' && input.inPage
      const answer = await run()
      expectAnswer(answer, isInPage || input.is)
      if (input.kind === 'address')
        for (const secret of input.secrets) expect(`${answer.refused}${answer.notes}`).not.toContain(secret)
    }
  })
})
