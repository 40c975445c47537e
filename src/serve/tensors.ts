import { InputError } from '../core/errors.ts'
import type { DrawnRows } from '../infer/rows.ts'
import type { FloatArray } from '../numerics/points.ts'
import { outputNames, typeOfColumn } from '../onnx/build/seeded.ts'
import type { DType } from '../onnx/graph.ts'
import { dimensionsOf, type Encoding, isScaled } from '../table/encodings/encoding.ts'
import type { Column } from '../table/table.ts'

/** Data types of the Open Inference Protocol, by those of a graph. */
export const datatypes = {
  float32: 'FP32',
  float64: 'FP64',
  int64: 'INT64',
  bool: 'BOOL',
  string: 'BYTES',
} as const satisfies Partial<Record<DType, string>>

export type Datatype = (typeof datatypes)[keyof typeof datatypes]

/** A tensor in a model's metadata; -1 is any number of rows. */
export interface TensorMetadata {
  readonly name: string
  readonly datatype: Datatype
  readonly shape: readonly number[]
}

/** An output of a model: its metadata, and its cells in drawn rows. */
export interface Output extends TensorMetadata {
  /** Values of all rows: one per row of a column, one per dimension and row of x_0. */
  cells(rows: DrawnRows): FloatArray
  /** The most bytes that a row takes in JSON and in binary; of texts that are generated for each row, a guess. */
  readonly rowBytes: { readonly json: number; readonly binary: number }
  /** For BYTES: the text of each number. */
  names?(rows: DrawnRows): readonly string[] | undefined
}

export const inputs: readonly TensorMetadata[] = [
  { name: 'seed', datatype: 'INT64', shape: [-1] },
  { name: 'index', datatype: 'INT64', shape: [-1] },
]

/** A model's outputs, with the names and types of its seeded.onnx: x_0, then each column. */
export function outputsOf(encoding: Encoding, hasCondition: boolean, columns = encoding.columns): Output[] {
  const names = outputNames(encoding, hasCondition)
  const isOfPoints = isScaled(encoding)
  return [
    {
      name: 'x_0',
      datatype: 'FP32',
      shape: [-1, dimensionsOf(encoding)],
      rowBytes: rowBytesOf('FP32', dimensionsOf(encoding)),
      cells: ({ x_0 }) => x_0.data,
    },
    ...columns.map((column, d): Output => {
      const datatype = datatypes[typeOfColumn(column, isOfPoints) as keyof typeof datatypes]
      return {
        name: names[encoding.columns.findIndex(({ name }) => name === column.name)]!,
        datatype,
        shape: [-1],
        rowBytes: rowBytesOf(datatype, 1, column.categories),
        ...(datatype === 'BYTES' && { names: ({ table }: DrawnRows) => table.columns[d]!.categories }),
        cells: ({ table }) => wholeInt64(column, datatype, table.columns[d]!.cells),
      }
    }),
  ]
}

/** The most bytes of a value, with a comma after it in JSON. */
const valueBytes = {
  FP32: { json: 25, binary: 4 },
  FP64: { json: 25, binary: 8 },
  INT64: { json: 21, binary: 8 },
  BOOL: { json: 6, binary: 1 },
} as const

/** The bytes of a text that is generated for each row, of which none is known before. */
const generatedTextBytes = 256

function rowBytesOf(datatype: Datatype, values: number, categories?: readonly string[]): Output['rowBytes'] {
  if (datatype !== 'BYTES') {
    const { json, binary } = valueBytes[datatype]
    return { json: values * json, binary: values * binary }
  }
  // a bound of JSON's escapes, whose texts are at least as long
  const longest = categories?.reduce(
    (most, name) => Math.max(most, Buffer.byteLength(JSON.stringify(name))),
    2,
  )
  const text = longest ?? generatedTextBytes
  return { json: text + 1, binary: text + 4 }
}

function wholeInt64({ name }: Column, datatype: Datatype, cells: FloatArray): FloatArray {
  if (datatype !== 'INT64' || cells.every((cell) => cell >= -(2 ** 63) && cell < 2 ** 63)) return cells
  throw new InputError(`column ${name} has numbers beyond INT64: leave it out of the outputs`, 'out-of-range')
}

/** Cells that are formatted at a time. */
const cellsOfPiece = 8192

/** Cells as a JSON list, in pieces: a missing number is null, a missing text is ''. */
export function* cellsInJson(
  { datatype }: Output,
  cells: FloatArray,
  names: readonly string[] = [],
): Generator<string, void> {
  const quoted = names.map((name) => JSON.stringify(name))
  const textOf = (some: FloatArray): string => {
    switch (datatype) {
      case 'BYTES':
        return Array.from(some, (cell) => quoted[cell] ?? '""').join(',')
      case 'BOOL':
        return Array.from(some, (cell) => cell === 1).join(',')
      // JSON writes NaN as null, and float32 numbers with the digits of their float64 value
      default:
        return JSON.stringify(Array.from(some)).slice(1, -1)
    }
  }
  yield '['
  for (let at = 0; at < cells.length; at += cellsOfPiece)
    yield `${at === 0 ? '' : ','}${textOf(cells.subarray(at, at + cellsOfPiece))}`
  yield ']'
}

/** Cells as the protocol's binary data: little-endian, each text after its length in four bytes. */
export function cellsInBinary(
  { datatype }: Output,
  cells: FloatArray,
  names: readonly string[] = [],
): Buffer {
  switch (datatype) {
    case 'BYTES':
      return textsInBinary(names, cells)
    case 'BOOL':
      return Buffer.from(Uint8Array.from(cells, (cell) => Number(cell === 1)))
    case 'INT64': {
      const bytes = Buffer.allocUnsafe(8 * cells.length)
      for (const [i, cell] of cells.entries()) bytes.writeBigInt64LE(BigInt(cell), 8 * i)
      return bytes
    }
    // uses the machine's byte order: onnxruntime and WASM run on little-endian machines
    case 'FP32':
      return bytesOf(cells instanceof Float32Array ? cells : Float32Array.from(cells))
    case 'FP64':
      return bytesOf(cells instanceof Float64Array ? cells : Float64Array.from(cells))
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: FloatArray): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

function textsInBinary(names: readonly string[], cells: FloatArray): Buffer {
  const texts = [...names, ''].map((name) => {
    const text = Buffer.from(name)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(text.length)
    return Buffer.concat([length, text])
  })
  return Buffer.concat(Array.from(cells, (cell) => texts[cell] ?? texts.at(-1)!))
}
