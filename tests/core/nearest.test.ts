import { expect, it } from 'vitest'
import { nearest } from '../../src/core/errors.ts'

it('an unknown name is answered with the nearest one, if any is near', () => {
  const names = ['two-moons', 'swiss-roll', 'circles']
  expect(nearest('two-mons', names)).toBe(' (did you mean two-moons?)')
  expect(nearest('circle', names)).toBe(' (did you mean circles?)')
  expect(nearest('mnist', names)).toBe('')
  expect(nearest('x', [])).toBe('')
  expect(nearest('moons', names)).toBe(' (did you mean two-moons?)')
  expect(nearest('w', names)).toBe('')
  expect(nearest('one', ['one_hot', 'two_one'])).toBe('')
  expect(nearest('gpu', ['cpu', 'cuda'])).toBe('')
  expect(nearest('cup', ['cpu', 'cuda'])).toBe(' (did you mean cpu?)')
  expect(nearest('cppu', ['cpu', 'cuda'])).toBe(' (did you mean cpu?)')
  expect(nearest('ddmp', ['ddim', 'ddpm', 'heun'])).toBe(' (did you mean ddpm?)')
  expect(nearest('mean', ['heun'])).toBe('')
})
