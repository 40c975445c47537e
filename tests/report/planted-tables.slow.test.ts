import { describe, expect, it } from 'vitest'
import { privacyOf } from './measured.ts'
import {
  drawSets,
  dropsMinority,
  freshRows,
  leaksColumn,
  loadTable,
  type Planted,
  type RealTable,
  repeats,
  repeatsWithNoise,
} from './planted.ts'

const seeds = [0, 1, 2, 3, 4]

/** Titanic has few rows and many equal ones, shoppers many numbers that are 0 in most rows. */
const tables: Readonly<
  Record<'titanic' | 'shoppers', { rows: number; column: string; minority: [string, string] }>
> = {
  titanic: { rows: 430, column: 'fare', minority: ['embarked', 'Q'] },
  shoppers: { rows: 600, column: 'ProductRelated_Duration', minority: ['VisitorType', 'New_Visitor'] },
}

describe.each(Object.entries(tables))('%s', (name, { rows, column, minority }) => {
  const verdicts = async (planted: Planted) => {
    const table = await loadTable(name as RealTable)
    const found: string[] = []
    for (const seed of seeds) {
      const sets = drawSets(table, [rows, rows, rows], seed)
      const { train, against } = sets
      found.push((await privacyOf({ train, against, samples: planted(sets, seed), seed })).verdict)
    }
    return found
  }

  it.each(
    Object.entries({
      'repeats training rows': repeats,
      'repeats them with small noise': repeatsWithNoise(0.02),
      'repeats them with large noise': repeatsWithNoise(0.4),
      'leaks a column': leaksColumn(column),
    }),
  )('has a generator that %s found out over five seeds', async (_, planted) => {
    expect(await verdicts(planted)).toEqual(seeds.map(() => 'flagged'))
  })

  it.each(
    Object.entries({ 'drops a minority': dropsMinority(...minority), 'gives other real rows': freshRows }),
  )('has a generator that %s passed over five seeds', async (_, planted) => {
    expect(await verdicts(planted)).toEqual(seeds.map(() => 'not flagged'))
  })
})
