import { expect, it } from 'vitest'
import { notesIn } from '../../../web/studio/src/run-notes.ts'

const notes = {
  ...{ name: 'Shops', file: 'shops.csv', rows: 60, columns: 2, begun: 1796097264705, digest: 'ab' },
  ...{ choice: { types: { a: 'number' } }, leftOut: [{ name: 'b', reason: 'too long', kind: null }] },
  ...{ steps: [750], isDone: true },
} as const
const ofTables = { ...notes, steps: [], tables: { files: ['a.csv'], schema: { format: 1, tables: {} } } }

it('notes of a run are read as they were written, those of the first version of the page with what the list shows', () => {
  expect(notesIn(JSON.stringify(notes), 5)).toEqual(notes)
  expect(notesIn(JSON.stringify(ofTables), 5)).toEqual(ofTables)
  const { name: _, rows: _rows, columns: _columns, begun: _begun, ...first } = notes
  expect(notesIn(JSON.stringify(first), 5)).toEqual({
    ...first,
    ...{ name: 'shops.csv', rows: 0, columns: 0, begun: 5 },
  })
})

it.each<readonly [string, string]>([
  ['no JSON', '{"name":'],
  ['deep JSON', '['.repeat(100_000)],
  ['null', 'null'],
  ['a list', '[]'],
  ['nothing in them', '{}'],
  ...(
    [
      ['a name that is no text', { name: { toString: 'x' } }],
      ['a file that is no text', { file: 7 }],
      ['rows that are a text', { rows: '60' }],
      ['no choice', { choice: undefined }],
      ['types that are no texts', { choice: { types: { a: 5 } } }],
      ['no columns left out', { leftOut: null }],
      ['columns left out without a reason', { leftOut: [{ name: 'b' }] }],
      ['rules that are a text', { rules: 'unique(a)' }],
      ['steps that are a text', { steps: '750' }],
      ['steps that are no numbers', { steps: ['x'] }],
      ['no end', { isDone: 'yes' }],
      ['tables without files', { tables: { schema: { tables: {} } } }],
      ['tables without a schema', { tables: { files: [] } }],
    ] as const
  ).map(([what, change]) => [what, JSON.stringify({ ...notes, ...change })] as const),
])('notes of a run are lost if they have %s', (_, text) => {
  expect(notesIn(text, 5)).toBeUndefined()
})
