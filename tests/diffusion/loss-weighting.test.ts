import { expect, it } from 'vitest'
import { lossWeight, predictionTypes, toSample } from '../../src/diffusion/prediction.ts'

it('the loss weight without a weighting is 1', () => {
  for (const type of predictionTypes) expect(lossWeight('none', type, 0.3)).toBe(1)
})

it.each(predictionTypes)(
  'the loss weight min_snr weighs the error of x_0 by min(SNR, 5), with prediction type %s',
  (type) => {
    for (const alphaBar of [0.001, 0.1, 0.5, 0.8, 0.84, 0.999]) {
      // an error in the output is that many times as large in x_0
      const inSample = toSample(type, alphaBar).output ** 2
      const snr = alphaBar / (1 - alphaBar)
      expect(lossWeight('min_snr', type, alphaBar) / inSample).toBeCloseTo(Math.min(snr, 5), 9)
    }
  },
)
