import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readParquet } from '../../src/table/formats/parquet-read.ts'
import { leanParquet } from '../../vite.parquet.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-parquet-'))
const compressors = { GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)) }
/** What unpacks to more than its page says. */
const twiceAsLong = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(new Uint8Array(2 * bytes.length))),
}
const plain = { choice: {}, minRows: 2 }

/** What reads Parquet in a page, which has no parts twice. */
let inPage: typeof readParquet

beforeAll(async () => {
  const file = new URL('../../src/table/formats/parquet-read.ts', import.meta.url).pathname
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [leanParquet()],
    build: { outDir: folder, lib: { entry: file, formats: ['es'], fileName: 'read' } },
  })
  ;({ readParquet: inPage } = await import(pathToFileURL(join(folder, 'read.js')).href))
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('Parquet in a page', () => {
  const count = 5000
  const columnData = [
    { name: 'word', data: Array.from({ length: count }, (_, i) => `word ${(i * 7919) % 300}`) },
    { name: 'number', data: Array.from({ length: count }, (_, i) => ((i * 104_729) % 1009) / 8) },
  ]

  it.each(['SNAPPY', 'GZIP', 'UNCOMPRESSED'] as const)('is read as in Node: %s', async (codec) => {
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, codec, compressors }))
    const [page, node] = await Promise.all([inPage(bytes, 'p', plain), readParquet(bytes, 'p', plain)])
    expect(page).toEqual(node)
    expect(node.count).toBe(count)
  })

  it.each(['SNAPPY', 'GZIP'] as const)('is refused if its bytes are damaged: %s', async (codec) => {
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, codec, compressors }))
    await expect(inPage(bytes.fill(0xff, 40, 200), 'p', plain)).rejects.toThrow(/^p is no whole Parquet file/)
  })

  it('unpacks no more of gzip than a page says', async () => {
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, codec: 'GZIP', compressors: twiceAsLong }))
    await expect(inPage(bytes, 'p', plain)).rejects.toThrow(/^p is no whole Parquet file/)
  })
})
