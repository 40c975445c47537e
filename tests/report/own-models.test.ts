import { describe, expect, it } from 'vitest'
import { sample } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/providers.ts'
import { readTable } from '../../src/node/run-folder.ts'
import { heldValues } from '../../src/report/report.ts'
import { encodingOf } from '../../src/table/encodings/encoding.ts'
import { privacyOf } from './measured.ts'

describe("the privacy of the project's own models", () => {
  const folder = (name: string) => new URL(`../../models/${name}/`, import.meta.url).pathname
  const reportOf = async (name: string, count: number, seed: number) => {
    await using model = await loadModel(`${folder(name)}model.onnx`)
    const { table } = await sample(model, { count, seed })
    const [train, against] = [
      await readTable(`${folder(name)}train.csv`),
      await readTable(`${folder(name)}holdout.csv`),
    ]
    return privacyOf({ samples: table, train, against, seed })
  }

  it('census reveals little about its training rows', async () => {
    const { membership, copies } = await reportOf('census', 2000, 1)
    expect(membership.auc).toBeLessThan(0.56)
    expect(copies.exact.isBeyondChance).toBe(false)
  })

  it('penguins has too few rows for a negative verdict', async () => {
    const { flagged, sentences } = await reportOf('penguins', 275, 1)
    expect(flagged).not.toBe(false)
    expect(sentences.join()).toContain('too few')
  })

  it('census holds a thousand values of the column with the most values', async () => {
    await using model = await loadModel(`${folder('census')}model.onnx`)
    const held = heldValues(encodingOf(model.card))
    const most = held.reduce((a, b) => (b.values > a.values ? b : a))
    expect(most.column).toBe('fnlwgt')
    expect(most.sentence).toContain('the smallest and the largest among them')
  })
})
