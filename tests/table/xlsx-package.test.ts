import { expect, it, vi } from 'vitest'
import { readTable } from '../../src/table/formats/read-table.ts'
import { expectRejected } from '../helpers/refusals.ts'

vi.mock('hucre/xlsx', () => {
  throw new Error('Cannot find package')
})

it('an .xlsx file without the package that reads it is refused with the command that installs it', async () => {
  const excel = 'tests/table/fixtures/excel.xlsx'
  await expectRejected(
    () => readTable('dataset', excel),
    /excel\.xlsx: \.xlsx needs another package: npm install hucre$/,
  )
  await expect(readTable('dataset', excel)).rejects.toMatchObject({ code: 'not-available' })
})
