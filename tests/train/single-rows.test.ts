import { expect, it } from 'vitest'
import { leaksIn } from '../helpers/search-values.ts'
import { singleRows } from '../helpers/single-rows.ts'
import { filesOfModel } from '../helpers/trained-files.ts'

it('the files of a model have no value that one or two rows have', async () => {
  const { rows, values } = singleRows(300, 0)
  expect(values.length).toBeGreaterThan(3500)
  const { files } = await filesOfModel(rows, { steps: 20, candidates: 4 })
  expect(leaksIn(files, values, singleRows(300, 1).values)).toEqual([])
})
