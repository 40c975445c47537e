import * as v from 'valibot'
import { expect, it } from 'vitest'
import { encodedColumnSchema } from '../../../src/table/encodings/index.ts'

it('a column that earlier cards call made is generated', () => {
  const column = { name: 'note', kind: 'text', gaps: true, maker: { by: 'form' } }
  expect(v.parse(encodedColumnSchema, { ...column, as: 'made' })).toEqual({ ...column, as: 'generated' })
  expect(v.parse(encodedColumnSchema, { ...column, as: 'generated' })).toEqual({ ...column, as: 'generated' })
  expect(v.safeParse(encodedColumnSchema, { ...column, as: 'drawn' }).success).toBe(false)
})
