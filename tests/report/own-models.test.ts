import { describe, expect, it } from 'vitest'
import { sample } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/providers.ts'
import { readTable } from '../../src/node/run-folder.ts'
import { heldSentence, heldValues } from '../../src/report/held.ts'
import { encodingOf } from '../../src/table/encodings/encoding.ts'
import { type NamedTable, rowsBetween } from '../../src/table/table.ts'
import { privacyOf } from './measured.ts'

const firstOf = (table: NamedTable, count: number): NamedTable =>
  rowsBetween(table, 0, Math.min(count, table.count))

describe("the privacy of the project's models", () => {
  const folder = (name: string) => new URL(`../../models/${name}/`, import.meta.url).pathname
  const reportOf = async (name: string, count: number, seed: number) => {
    await using model = await loadModel(`${folder(name)}model.onnx`)
    const { table } = await sample(model, { count, seed })
    const [train, against] = await Promise.all(
      ['train', 'holdout'].map(async (file) => firstOf(await readTable(`${folder(name)}${file}.csv`), count)),
    )
    return privacyOf({ samples: table, train: train!, against: against!, seed })
  }

  it('census reveals little about its training rows', async () => {
    const { membership, copies } = await reportOf('census', 600, 1)
    // an area of chance has a deviation of .017 with 600 rows (Hanley and McNeil 1982)
    expect(membership.auc).toBeLessThan(0.56)
    expect(copies.exact.isBeyondChance).toBe(false)
  })

  it('penguins has too few rows for a negative verdict', async () => {
    const { flagged, sentences } = await reportOf('penguins', 275, 1)
    expect(flagged).not.toBe(false)
    expect(sentences.join()).toContain('too few')
  })

  it('census holds most values of the column that differs most, none of which one or two rows have', async () => {
    await using model = await loadModel(`${folder('census')}model.onnx`)
    const encoding = encodingOf(model.card)
    const held = heldValues({ encoding })
    const most = held.reduce((a, b) => (b.values > a.values ? b : a))
    expect(most.column).toBe('fnlwgt')
    expect(most.sentence).toContain('among them both ends of its range, each of three rows or more')
    expect(heldSentence([{ encoding }])).not.toContain('An earlier version wrote this file')
  })
})
