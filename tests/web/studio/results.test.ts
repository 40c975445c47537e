import { expect, it } from 'vitest'
import { Results } from '../../../web/studio/src/worker/results.ts'

it('gives the page the rows that it shows, whatever was drawn after them, and forgets all others', () => {
  const results = new Results<string>()
  const first = results.add('first')
  results.keepOnly(first)
  // the page no longer waits for these
  const stopped = results.add('stopped')
  expect(results.get(first)).toBe('first')
  results.keepOnly(first)
  const second = results.add('second')
  expect([results.get(first), results.get(second)]).toEqual(['first', 'second'])
  expect(() => results.get(stopped)).toThrow('no rows are held')
  results.keepOnly(undefined)
  for (const id of [first, second]) expect(() => results.get(id)).toThrow('no rows are held')
})
