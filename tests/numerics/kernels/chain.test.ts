import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Chain, strideOf } from '../../../src/numerics/kernels/chain.ts'
import { Layout } from '../../../src/numerics/kernels/memory.ts'

const width = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(64, 66, 128, 130, 256, 262))

it('the rows of every layer have room in the memory for gradients, and a row of zeros', () => {
  fc.assert(
    fc.property(
      fc.array(width, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 1, max: 64 }),
      (widths, rows) => {
        const layers = widths
          .slice(1)
          .map((outputs, i) => ({ inputs: widths[i]!, outputs, weight: 0, bias: 0, transposed: 0 }))
        const layout = new Layout()
        const traits = { activation: 'silu', residual: true } as const
        const { gradients, zeros } = Chain.room(layout, layers, rows, { traits, withGradient: true })
        const longest = Math.max(...widths.map(strideOf))
        expect(gradients[1] - gradients[0]).toBeGreaterThanOrEqual(4 * rows * longest)
        expect(zeros - gradients[1]).toBeGreaterThanOrEqual(4 * rows * longest)
        expect(layout.bytes - zeros).toBeGreaterThanOrEqual(4 * longest)
      },
    ),
    { numRuns: 500 },
  )
})
