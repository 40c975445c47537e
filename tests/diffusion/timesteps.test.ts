import { describe, expect, it } from 'vitest'
import { checkTimesteps, spacedTimesteps } from '../../src/diffusion/schedule.ts'

describe('spacedTimesteps', () => {
  it.each([
    [10, 10, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    [10, 5, [10, 8, 6, 4, 2]],
    // 7.5 and 2.5 go to the even neighbour
    [10, 4, [10, 8, 5, 2]],
    [10, 3, [10, 7, 3]],
    [7, 1, [7]],
  ])('spaces T = %d in %d steps as %j', (T, numSteps, expected) => {
    expect(spacedTimesteps(T, numSteps)).toEqual(expected)
  })

  it('gives timesteps that fall from T, for every T and number of steps', () => {
    for (let T = 1; T <= 60; T++)
      for (let n = 1; n <= T; n++) {
        const timesteps = spacedTimesteps(T, n)
        expect(timesteps[0]).toBe(T)
        expect(() => checkTimesteps(timesteps, T)).not.toThrow()
      }
  })

  it.each([0, 11, 1.5])('refuses %s steps out of 10', (n) => {
    expect(() => spacedTimesteps(10, n)).toThrow(/whole number from 1 to 10/)
  })
})

describe('checkTimesteps', () => {
  it.each([[[]], [[3, 5]], [[5, 5]], [[11]], [[5, 0]], [[2.5]]])('refuses %j for T = 10', (timesteps) => {
    expect(() => checkTimesteps(timesteps, 10)).toThrow()
  })
})
