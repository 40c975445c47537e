import { expect, it } from 'vitest'
import { privacyOf } from './measured.ts'
import { drawSets, loadTable } from './planted.ts'

it('flags other real rows of census in at most 1 of 20 draws', async () => {
  const census = await loadTable('census')
  const flagged: number[] = []
  for (let seed = 100; seed < 120; seed++) {
    const { train, against, fresh } = drawSets(census, [800, 800, 800], seed)
    const report = await privacyOf({ train, against, samples: fresh, seed })
    expect(report.flagged).not.toBeNull()
    if (report.flagged) flagged.push(seed)
  }
  expect(flagged.length).toBeLessThanOrEqual(1)
})
