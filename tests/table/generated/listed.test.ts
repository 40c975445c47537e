import { expect, it } from 'vitest'
import { avoidedOf } from '../../../src/table/generated/avoid.ts'
import { suppliesOf } from '../../../src/table/generated/room.ts'

it('of the ways of a form, those after many texts are not listed', () => {
  const parts = [{ of: '0123456789ABCDEF', min: 3, max: 3 }]
  const alternatives = Array.from({ length: 40 }, () => ({ share: 1, parts }))
  const form = { by: 'form', isUnique: true, alternatives, avoided: avoidedOf(new Set([1, 2, 3])) } as const
  const supplies = suppliesOf(form, 32 * 16 ** 3)
  expect(supplies.map(({ ranks }) => ranks !== undefined)).toEqual([
    ...Array.from({ length: 32 }, () => true),
    ...Array.from({ length: 8 }, () => false),
  ])
})
