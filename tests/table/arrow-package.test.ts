import { existsSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { toArrow } from '../../src/index.ts'
import { sampleParts } from '../../src/table/formats/files.ts'
import type { Table } from '../../src/table/table.ts'
import { expectRejected } from '../helpers/refusals.ts'

vi.mock('apache-arrow', () => {
  throw new Error('Cannot find package')
})

const table: Table = {
  count: 1,
  columns: [{ name: 'x', kind: 'number', cells: Float64Array.of(1) }],
}

it('without apache-arrow, .arrow is refused with the command that installs it, before a row is drawn', async () => {
  let asked = 0
  async function* rows() {
    asked++
    yield table
  }
  await expectRejected(
    () => sampleParts('a.arrow', rows(), 1, table).next(),
    /^\.arrow needs another package: npm install apache-arrow$/,
  )
  expect([asked, existsSync('a.arrow')]).toEqual([0, false])
  await expect(toArrow(table)).rejects.toMatchObject({
    code: 'not-available',
    message: 'toArrow needs another package: npm install apache-arrow',
  })
})
