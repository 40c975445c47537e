import { zipSync } from 'fflate'
import { expect, it } from 'vitest'
import { decodeDatabaseFile } from '../../src/database/file.ts'

const empty = new Uint8Array()

it.each([
  [
    'leads out of its folder',
    { '../0.onnx': empty },
    /^f is no \.moonstep file, it has a part \.\.\/0\.onnx: /,
  ],
  ['is of a path', { '/etc/schema.json': empty }, /it has a part \/etc\/schema\.json: /],
  ['is of a folder', { 'models/0.onnx': empty }, /it has a part models\/0\.onnx: /],
  ['is of a name that export never writes', { 'notes.txt': empty }, /it has a part notes\.txt: /],
  [
    'is one of too many',
    Object.fromEntries(Array.from({ length: 10_001 }, (_, k) => [`${k}.onnx`, empty])),
    /it has more than 10,000 parts: /,
  ],
])('a .moonstep file with a part that %s is refused', (_, parts, line) => {
  expect(() => decodeDatabaseFile(zipSync(parts), 'f')).toThrow(line)
})

it('a .moonstep file that would unpack to more than 2 GiB is refused before it is unpacked', () => {
  const bytes = zipSync({ '0.onnx': new Uint8Array(100) })
  // the size in the entry of the zip's directory, which begins with PK 1 2
  const directory = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(directory + 24, 2 ** 31 + 1, true)
  expect(() => decodeDatabaseFile(bytes, 'f')).toThrow(
    /^f is no \.moonstep file, it unpacks to more than 2 GiB: /,
  )
})
