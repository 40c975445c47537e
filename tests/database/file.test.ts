import { zipSync } from 'fflate'
import { expect, it } from 'vitest'
import { decodeDatabaseFile } from '../../src/database/file.ts'
import { noDatabaseVerdicts } from '../../src/database/measured/verdicts.ts'
import { openDatabaseModel } from '../../src/database/model.ts'

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

it('a .moonstep file that would unpack to more than a hundred times its size is refused before it is unpacked', () => {
  const bytes = zipSync({ '0.onnx': new Uint8Array(100) })
  // the size in the entry of the zip's directory, which begins with PK 1 2
  const directory = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(directory + 24, 2 ** 31 + 1, true)
  expect(() => decodeDatabaseFile(bytes, 'f')).toThrow(
    /^f is no \.moonstep file, it unpacks to more than 16\.8 MB: /,
  )
  const zeros = zipSync({ 'tables.json': new Uint8Array(20e6) })
  expect(() => decodeDatabaseFile(zeros, 'f')).toThrow(/it unpacks to more than 16\.8 MB: /)
})

it('a .moonstep file whose parts share their bytes, and one that says less than a part has, are refused', () => {
  const bytes = zipSync({ '0.json': new Uint8Array(1000), '1.json': new Uint8Array(1000) }, { level: 0 })
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const first = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  const second = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]), first + 1)
  // the packed size of both becomes that of the whole file, and what they unpack to is said to be nothing
  for (const entry of [first, second]) {
    view.setUint32(entry + 20, bytes.length - 40, true)
    view.setUint32(entry + 24, 0, true)
  }
  expect(() => decodeDatabaseFile(bytes, 'f')).toThrow(/^f is no \.moonstep file, it is no zip: /)
  const lying = zipSync({ 'schema.json': new Uint8Array(10e6) })
  new DataView(lying.buffer, lying.byteOffset).setUint32(
    Buffer.from(lying).indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24,
    100,
    true,
  )
  expect(() => decodeDatabaseFile(lying, 'f')).toThrow(
    /^f, schema\.json is no JSON: |^f is no \.moonstep file/,
  )
})

it('a model that is opened has the verdicts of its file', async () => {
  const schema = { format: 1, tables: {} } as const
  const file = { schema, plans: {}, models: new Map(), referenceData: new Map() }
  const open = () => Promise.reject(new Error('there are no models'))
  await using model = await openDatabaseModel({ ...file, ...noDatabaseVerdicts }, open)
  expect(model).toMatchObject(noDatabaseVerdicts)
  await using earlier = await openDatabaseModel(file, open)
  expect(earlier.verdicts).toBeUndefined()
})
