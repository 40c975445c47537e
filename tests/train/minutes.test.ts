import { expect, it } from 'vitest'
import { memoryStore } from '../../src/model/run-store.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from '../helpers/engines.ts'
import { petTable } from '../helpers/tables.ts'

const request = {
  dataset: petTable(200),
  recipe: 'table',
  engine: 'simd',
  hidden: [16, 16],
  candidates: 1,
  onWarning: () => {},
} as const

const trained = async (given: { minutes?: number; steps?: number }) => {
  const notes: string[] = []
  const store = memoryStore()
  const result = await train({ ...request, ...given, onNote: (line) => notes.push(line) }, { engines, store })
  return { result, notes, config: JSON.parse(new TextDecoder().decode(await store.read('config'))) }
}

it('a training of some minutes takes as many steps as fit, says so, and is repeated by that number of steps', async () => {
  const { result, notes, config } = await trained({ minutes: 0.1, steps: 10_000_000 })
  const { steps } = result
  expect(steps).toBeGreaterThan(10)
  expect(steps).toBeLessThan(10_000_000)
  expect(config.training.steps).toBe(steps)
  expect(config.training).not.toHaveProperty('minutes')
  expect(notes[0]).toMatch(
    /^[\d,]+ of 10,000,000 steps fit in 0\.1 minutes: --steps \d+ repeats this training$/,
  )
  const again = await trained({ steps })
  expect(again.result.weights).toEqual(result.weights)
})

it('a training that fits has all of its steps, and no note', async () => {
  const { result, notes } = await trained({ minutes: 100, steps: 5 })
  expect(result.steps).toBe(5)
  expect(notes.filter((line) => line.includes('fit in'))).toEqual([])
})
