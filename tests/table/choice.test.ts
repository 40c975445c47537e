import { expect, it } from 'vitest'
import { readTypes, typesWith } from '../../src/table/inference/choice.ts'

it('readTypes reads the column and the kind from the advice in a message', () => {
  for (const name of ['age', 'weekly pay', 'a"b', "it's", 'größe', '{ types: { x', 'back\\slash', 'a: b'])
    for (const kind of ['category', 'integer'] as const)
      expect(readTypes(`x.csv, line 3: correct it, or ${typesWith(name, kind)}, say`)).toEqual({
        name,
        kind,
        kinds: [kind],
      })
  const two = `say it with ${typesWith('when', 'date:dmy')} or ${typesWith('when', 'date:mdy')}`
  expect(readTypes(two)).toEqual({ name: 'when', kind: 'date:dmy', kinds: ['date:dmy', 'date:mdy'] })
  expect(readTypes('x.csv, line 3: 9 cells, not 8')).toBeUndefined()
})
