import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { parquetWriteBuffer } from 'hyparquet-writer'
import papaparse from 'papaparse'
import { unzipped } from '../../src/core/unzip.ts'
import { median } from '../../src/measure/statistics.ts'
import { parseGraph } from '../../src/onnx/proto.ts'
import { readCsv } from '../../src/table/formats/csv.ts'
import { readParquet } from '../../src/table/formats/parquet-read.ts'
import { gunzipped } from '../../src/table/formats/unpack.ts'
import { readXlsx } from '../../src/table/formats/xlsx.ts'
import { bookOf } from '../../tests/helpers/xlsx.ts'
import { zipOf } from '../../tests/helpers/zip.ts'
import type { Setting } from '../group.ts'
import { figure, max, type Row } from '../row.ts'

/** A parser, and the input of so many bytes, unpacked, that would take it long. */
interface Contestant {
  readonly name: string
  readonly inputOf: (bytes: number) => Uint8Array | string
  readonly read: (input: never) => unknown
}

const options = { choice: {}, minRows: 2 }
const megabyte = 2 ** 20
/** Both in bytes: the parser of the larger may take eight times as long. */
const [small, large] = [megabyte, 8 * megabyte]

async function drained(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

async function* one(bytes: Uint8Array) {
  yield bytes
}

const contestants: readonly Contestant[] = [
  {
    name: 'JSON.parse, brackets in brackets',
    inputOf: (bytes) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
    read: (text: string) => JSON.parse(text),
  },
  {
    name: 'JSON.parse, a string of escapes',
    inputOf: (bytes) => `"${'\\"'.repeat(bytes / 2)}"`,
    read: (text: string) => JSON.parse(text),
  },
  {
    name: 'papaparse, writing a cell of quotes',
    inputOf: (bytes) => '"'.repeat(bytes),
    read: (text: string) => papaparse.unparse([[text]]),
  },
  {
    name: 'CSV, a quoted cell of quotes',
    inputOf: (bytes) => `a\n"${'""'.repeat(bytes / 2)}"\n1\n`,
    read: (text: string) => readCsv(text, 'a.csv'),
  },
  {
    name: 'hyparquet, texts of one byte',
    inputOf: (bytes) => {
      const data = Array.from({ length: bytes / 5 }, (_, i) => String(i % 10))
      return new Uint8Array(
        parquetWriteBuffer({ columnData: [{ name: 'a', data, type: 'STRING', encoding: 'PLAIN' }] }),
      )
    },
    read: (bytes: Uint8Array) => readParquet(bytes, 'a.parquet', options),
  },
  {
    name: 'hucre, cells of one digit',
    inputOf: (bytes) => zipOf(bookOf('<row><c><v>1</v></c></row>'.repeat(bytes / 26))),
    read: (bytes: Uint8Array) => readXlsx(bytes, 'a.xlsx', options, undefined),
  },
  {
    name: 'fflate, a zip of zeros',
    inputOf: (bytes) => zipSync({ a: new Uint8Array(bytes) }),
    read: (bytes: Uint8Array) => unzipped(bytes, () => {}),
  },
  {
    name: 'pako, a gzip of zeros',
    inputOf: (bytes) => gzipSync(new Uint8Array(bytes)),
    read: (bytes: Uint8Array) =>
      drained(gunzipped(one(bytes), { name: 'a.gz', done: () => bytes.length, maxSize: undefined })),
  },
  {
    name: 'protobufjs, nodes without a name',
    // field 7 of a model is its graph, and field 1 of that a node
    inputOf: (bytes) =>
      Buffer.concat([
        Buffer.from([0x3a]),
        lengthBytes(bytes),
        Buffer.alloc(bytes, Buffer.from([0x0a, 0x00])),
      ]),
    read: (bytes: Uint8Array) => {
      try {
        parseGraph(bytes, 'the model')
      } catch {}
    },
  },
]

function lengthBytes(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128)
    if (rest < 128) return Buffer.from(bytes)
  }
}

/** Third-party parsers, and Moonstep's of CSV, on inputs that strangers may send: seconds for a megabyte, and whether eight take eight times as long. */
export async function parsers({ rounds, log }: Setting): Promise<Row[]> {
  const rows: Row[] = []
  for (const { name, inputOf, read } of contestants) {
    log(name)
    const [one, eight] = [inputOf(small), inputOf(large)]
    const times: { one: number; eight: number }[] = []
    // the first is not counted: what it runs is compiled meanwhile
    for (let round = 0; round <= rounds; round++)
      times.push({ one: await secondsOf(read, one), eight: await secondsOf(read, eight) })
    const perMegabyte = median(times.slice(1).map((time) => time.eight / 8))
    const growth = median(times.slice(1).map((time) => time.eight / 8 / time.one))
    rows.push(
      { ...figure('for 1 MB of 8', perMegabyte, 's', max(2)), line: name },
      { ...figure('against 1 MB alone', growth, 'times', max(2)), line: name },
    )
  }
  return rows
}

async function secondsOf(read: Contestant['read'], input: string | Uint8Array): Promise<number> {
  const start = performance.now()
  await read(input as never)
  return (performance.now() - start) / 1000
}
