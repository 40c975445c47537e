import { expect, it } from 'vitest'
import { referencePredictor, timeFeatures } from '../../src/model/compute/reference.ts'
import { inputsOf } from '../../src/model/inputs.ts'
import { maxAbsDifference } from '../../src/numerics/points.ts'
import { exact, exactCondition, goldenTable, tableNetwork, tableWeights } from '../helpers/table-golden.ts'

it("a table's network takes what PyTorch's takes, to 1e-9", () => {
  const { rows } = timeFeatures(tableNetwork)
  for (const step of goldenTable.steps) {
    const { data, count, dim } = inputsOf(tableNetwork, exact(step.x_t), exactCondition(step))
    for (let i = 0; i < count; i++)
      expect(
        maxAbsDifference([...data.subarray(i * dim, (i + 1) * dim), ...rows[step.t[i]! - 1]!], step.u[i]!),
      ).toBeLessThanOrEqual(1e-9)
  }
})

it("predicts PyTorch's samples, to 1e-6 of weights in float32", async () => {
  const { predictions } = goldenTable
  const predictor = referencePredictor(tableNetwork, tableWeights)
  const { data } = await predictor.predict(exact(predictions.x_t), predictions.t, exactCondition(predictions))
  expect(maxAbsDifference(data, predictions.sample.flat())).toBeLessThanOrEqual(1e-6)
})
