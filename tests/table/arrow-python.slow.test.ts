import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { sampleParts } from '../../src/table/formats/files.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { columns, count, expectedRow, rowsFrom } from './every-type.ts'

const { at } = folderOf('arrow')

const script = `import json, sys
import pyarrow as pa
table = pa.ipc.open_file(sys.argv[1]).read_all()
table.validate(full=True)
rows = [[str(cell) if hasattr(cell, 'isoformat') else cell for cell in row.values()] for row in table.to_pylist()]
print(json.dumps([[[field.name, str(field.type)] for field in table.schema], rows]))`

describeWith('pyarrow', 'an Arrow file in Python', () => {
  it('has the types and the cells of the samples', async () => {
    const parts = [rowsFrom(0, 200), rowsFrom(200, count)]
    const list: Buffer[] = []
    for await (const part of sampleParts('a.arrow', parts, count, { columns })) list.push(Buffer.from(part))
    writeFileSync(at('a.arrow'), Buffer.concat(list))
    const output = execFileSync(python, ['-c', script, at('a.arrow')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    const [fields, rows] = JSON.parse(output)
    const names = 'dictionary<values=string, indices=int32, ordered=0>'
    expect(fields).toEqual([
      ['id', 'int64'],
      [columns[1]!.name, names],
      ['x', 'double'],
      ['n', 'int64'],
      ['b', 'bool'],
      ['y', names],
      ['o', 'int64'],
      ['day', 'date32[day]'],
      ['at', 'timestamp[ms, tz=UTC]'],
      ['clock', 'string'],
      ['month', 'string'],
      ['since', 'int64'],
      ['select', 'string'],
    ])
    // Python writes microseconds, if there are any, and the zone
    const inPython = (i: number) =>
      expectedRow(i).map((cell, d) => {
        const { name } = columns[d]!
        if (cell === null) return null
        if (name === 'at')
          return `${String(cell)
            .replace(/\.000$/, '')
            .replace(/(\.\d+)$/, '$1000')}+00:00`
        return name === 'clock' ? expect.stringMatching(/^\d\d?:\d\d [AP]M$/) : cell
      })
    expect(rows).toEqual(Array.from({ length: count }, (_, i) => inPython(i)))
  })
})
