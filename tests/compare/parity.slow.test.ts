import { describe, expect, it } from 'vitest'
import { as, compareSmall, onCpu } from './helpers.ts'
import { models, parityOf, timeout } from './parity-suite.ts'

it('models/ has models to compare', () => expect(models.length).toBeGreaterThanOrEqual(2))

parityOf(['cpu', 'wasm', 'simd', 'webgpu', 'tensorflow'])

// `compare` compares nothing with itself, so sessions of the reference are compared under another name
describe('reference', () => {
  it.each(models)(
    'gives sessions that equal the reference to float32: %s',
    { timeout },
    async (path, bytes) => {
      const comparison = await compareSmall(bytes, {
        open: as('cpu', 'reference'),
        samples: 64,
        mainOnly: !path.startsWith('two-moons-seed'),
        threads: undefined,
        atol: 3e-7,
        rtol: 3e-7,
      })
      expect(onCpu(comparison)).toMatchObject({ pass: true, runtime: expect.stringMatching(/float64/) })
    },
  )
})
