import { joined } from '../../core/bytes.ts'
import { InputError } from '../../core/errors.ts'
import type { FloatArray } from '../../numerics/points.ts'
import type { ReadingOptions } from '../inference/choice.ts'
import { type ReadTable, TableBuilder } from '../inference/table-builder.ts'
import { numberedNames } from '../table.ts'

/** Numbers as a NumPy .npy file: its header, then the numbers. */
export function writeNpy(data: FloatArray, shape: readonly number[]): Uint8Array {
  const type = data instanceof Float64Array ? '<f8' : '<f4'
  return joined([npyHeader(shape, type), npyNumbers(data)])
}

/**
 * The header of a NumPy .npy file of float32 or float64 numbers, format 1.0, C order.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function npyHeader(shape: readonly number[], type: '<f4' | '<f8' = '<f4'): Uint8Array {
  const list = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': (${list}), }`
  // magic (6), version (2) and length (2) precede it; the total is a multiple of 64
  const text = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`
  const header = new Uint8Array(10 + text.length)
  header.set([...magic, 1, 0])
  new DataView(header.buffer).setUint16(8, text.length, true)
  header.set(new TextEncoder().encode(text), 10)
  return header
}

/** Numbers as the bytes of a .npy file, little-endian on every machine. */
export function npyNumbers(data: FloatArray): Uint8Array {
  const bytes = new Uint8Array(data.byteLength)
  const view = new DataView(bytes.buffer)
  const set = (data instanceof Float64Array ? view.setFloat64 : view.setFloat32).bind(view)
  for (let i = 0; i < data.length; i++) set(data.BYTES_PER_ELEMENT * i, data[i]!, true)
  return bytes
}

/** The table in a .npy file of shape [n, D]; NaN is a missing cell. Also throws InputError on an infinite number. */
export function tableOfNpy(bytes: Uint8Array, file: string, options: ReadingOptions): ReadTable {
  const { data, shape } = readNpy(bytes, file)
  const [count = 0, dim = 0] = shape
  if (shape.length !== 2 || count === 0 || dim === 0)
    throw new InputError(`${file} is of shape (${shape.join(', ')}): give points of shape (n, D)`, 'bad-data')
  const builder = new TableBuilder({ name: file, place: 'row', isText: false }, options)
  for (const name of numberedNames(dim)) builder.addColumn(name)
  builder.requireChosenColumns()
  builder.adoptNumbers(data)
  return builder.finish()
}

/**
 * Reads a NumPy .npy file of float32 or float64 numbers in C order, little-endian; `data` is row by row. `file` is its
 * name in messages. Throws InputError on anything but a .npy file, another type or order, a malformed header, or if the
 * shape doesn't match the number of numbers.
 */
export function readNpy(bytes: Uint8Array, file: string): { data: FloatArray; shape: number[] } {
  const { dictionary, start } = headerOf(bytes, file)
  const type = field(dictionary, 'descr', /^'([^']*)'$/, file)
  if (type !== '<f4' && type !== '<f8')
    throw new InputError(
      `${file} holds numbers of type ${type}: save float32 or float64 (<f4 or <f8)`,
      'bad-data',
    )
  if (field(dictionary, 'fortran_order', /^(True|False)$/, file) === 'True')
    throw new InputError(`${file} is in Fortran order: save numpy.ascontiguousarray of it`, 'bad-data')
  const list = field(dictionary, 'shape', /^\(((?:\d{1,15}, ?)*(?:\d{1,15})?)\)$/, file)
  const shape = (list.match(/\d+/g) ?? []).map(Number)
  const [size, numbers] = [type === '<f4' ? 4 : 8, shape.reduce((product, side) => product * side, 1)]
  if (bytes.length - start !== size * numbers)
    throw new InputError(
      `${file} has ${bytes.length - start} bytes after its header, not the ${size * numbers} of ${type} numbers of ` +
        `shape (${shape.join(', ')}): write it again`,
      'bad-data',
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset + start)
  const data = type === '<f4' ? new Float32Array(numbers) : new Float64Array(numbers)
  for (let i = 0; i < numbers; i++)
    data[i] = type === '<f4' ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true)
  return { data, shape }
}

const magic = [0x93, ...new TextEncoder().encode('NUMPY')]

/** numpy's own limit for untrusted files. */
const longestHeader = 10_000

/** The header, a Python dictionary as text, and the offset of the numbers. */
function headerOf(bytes: Uint8Array, file: string): { dictionary: string; start: number } {
  if (magic.some((byte, i) => bytes[i] !== byte))
    throw new InputError(`${file} is no .npy file: save it with numpy.save`, 'bad-data')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const version = bytes[6] ?? 0
  if (version < 1 || version > 3)
    throw new InputError(`${file} is of .npy version ${version}: save it as version 1, 2 or 3`, 'bad-data')
  const before = version === 1 ? 10 : 12
  const isCut = bytes.length < before
  const length = isCut ? 0 : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const start = before + length
  if (length > longestHeader || start > bytes.length)
    throw new InputError(`${file} ends in its header, or the header is too long: write it again`, 'bad-data')
  return { dictionary: new TextDecoder().decode(bytes.subarray(before, start)).trim(), start }
}

/** The part of a header field that the pattern's group matches. */
function field(dictionary: string, name: string, pattern: RegExp, file: string): string {
  const value = new RegExp(`'${name}': *('[^']*'|\\([^()]*\\)|\\w+) *[,}]`).exec(dictionary)?.[1]
  const match = value === undefined ? null : pattern.exec(value)
  if (!dictionary.startsWith('{') || !dictionary.endsWith('}') || !match)
    throw new InputError(
      `${file} has no .npy header of one array of numbers: save it with numpy.save`,
      'bad-data',
    )
  return match[1]!
}
