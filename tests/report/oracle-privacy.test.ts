import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { mixedEncoder } from '../../src/report/mixed-rows.ts'
import { neighboursOf } from '../../src/report/neighbours.ts'
import type { Table } from '../../src/table/table.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { privacyOf, realAndSamples } from './measured.ts'
import { drawSets, freshRows, loadTable, repeats, repeatsWithNoise } from './planted.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-privacy-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Oracle {
  readonly nearest: readonly (readonly number[])[]
  readonly auc: Readonly<Record<string, number>>
  readonly risk: { readonly values: number; readonly combinations: number }
}

/** Rows of numbers and names as Python takes them. */
function cellsOf({ columns, points: { data, count, dim } }: Table): (number | string)[][] {
  return Array.from({ length: count }, (_, i) =>
    columns.map(({ categories }, d) => {
      const cell = data[i * dim + d]!
      return categories ? categories[cell]! : cell
    }),
  )
}

/** A distance of each row, however the rows stand. */
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b)

describeWith('anonymeter', 'attacks on census', () => {
  it('are those of scikit-learn, and single out as anonymeter does', async () => {
    const sets = drawSets(await loadTable('census'), [1000, 1000, 1000], 6)
    const { train, against } = sets
    const risks: { ours: Oracle['risk']; theirs: Oracle['risk'] }[] = []
    for (const planted of [repeats, repeatsWithNoise(0.1), freshRows]) {
      const samples = planted(sets, 6)
      const file = join(folder, 'sets.json')
      const names = train.columns.map(({ categories }) => categories !== undefined)
      const cells = { train: cellsOf(train), against: cellsOf(against), samples: cellsOf(samples) }
      writeFileSync(file, JSON.stringify({ names, ...cells }))
      const script = new URL('oracle-privacy.py', import.meta.url).pathname
      const output = execFileSync(python, [script, file], { encoding: 'utf8', maxBuffer: 2 ** 26 })
      const theirs: Oracle = JSON.parse(output)

      const aligned = realAndSamples({ train, against, samples })
      const encoded = mixedEncoder(aligned.columns, [aligned.train, aligned.against])
      const rows = encoded(aligned.against)
      const { nearest } = await neighboursOf(rows, encoded(aligned.samples), 5)
      for (let k = 0; k < 5; k++) {
        const ours = sorted(nearest.filter((_, i) => i % 5 === k))
        const expected = sorted(theirs.nearest.map((row) => row[k]!))
        for (const [i, distance] of expected.entries()) expect(ours[i]! / rows.unit).toBeCloseTo(distance, 8)
      }

      const report = await privacyOf({ train, against, samples })
      for (const { name, auc } of report.attacks)
        if (name !== 'column') expect(auc).toBeCloseTo(theirs.auc[name]!, name === 'density' ? 7 : 12)
      const { values, combinations } = report.singlingOut
      risks.push({
        ours: { values: values.risk!.value, combinations: combinations.risk!.value },
        theirs: theirs.risk,
      })
    }
    for (const which of ['values', 'combinations'] as const) {
      const [copies, noise, real] = risks
      for (const whose of ['ours', 'theirs'] as const) {
        expect(copies![whose][which]).toBeGreaterThan(0.95)
        expect(real![whose][which]).toBeLessThan(0.08)
        expect(noise![whose][which]).toBeLessThan(copies![whose][which])
      }
      for (const { ours, theirs } of risks) expect(Math.abs(ours[which] - theirs[which])).toBeLessThan(0.1)
    }
    const [, noise, real] = risks
    for (const whose of ['ours', 'theirs'] as const)
      expect(noise![whose].combinations).toBeGreaterThan(real![whose].combinations)
  })
})
