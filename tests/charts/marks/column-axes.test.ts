import { expect, it } from 'vitest'
import { axisOf } from '../../../src/charts/marks/column-axes.ts'

const day = 86_400_000

/** The edges of the bins of 30 days one after the other, or of every so many days. */
function edgesOf(form: string, every = 1): readonly number[] {
  const cells = Float64Array.from({ length: 30 }, (_, i) => Date.UTC(2024, 0, 1) + every * i * day)
  const axis = axisOf({ name: 'when', kind: 'date', form }, [cells])
  return axis.kind === 'number' ? axis.edges : []
}

it('days have bins of whole days, whatever their form', () => {
  for (const form of ['YYYY-MM-DD', 'D/M/YYYY', 'MMMM D, YYYY']) {
    const edges = edgesOf(form)
    expect(edges).toHaveLength(31)
    expect(edges[0]).toBe(Date.UTC(2024, 0, 1) - day / 2)
  }
  expect(edgesOf('D/M/YYYY h:mm A')).toEqual(edgesOf('YYYY-MM-DD hh:mm'))
  expect(edgesOf('D/M/YYYY h:mm A')).toHaveLength(25)
})

it('weeks have bins of whole weeks', () => {
  const edges = edgesOf('GGGG-[W]WW', 7)
  expect(edges[1]! - edges[0]!).toBe(7 * day)
  expect(edges).toHaveLength(31)
})
