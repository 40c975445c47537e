import { InputError } from '../core/errors.ts'

/** What a graph's inputs and outputs may hold here; all numbers are float32 outside of the runtime. */
export type ElementType = 'float32' | 'float16' | 'int64' | 'int32' | 'bool'

export const elementTypes: readonly ElementType[] = ['float32', 'float16', 'int64', 'int32', 'bool']

/** An input or output of a graph, as the runtime tells it. */
export interface ValueInfo {
  readonly name: string
  /** Such as 'float32'. A type that is not an `ElementType` can't be used. */
  readonly type: string
  /** A number for each axis, or the name of one that is free. */
  readonly shape: readonly (number | string)[]
}

/** A runtime's metadata of its inputs or outputs. */
export function valuesOf(metadata: readonly object[]): ValueInfo[] {
  return (metadata as readonly Partial<ValueInfo>[]).map(({ name = '', type = 'none', shape = [] }) => ({
    name,
    type,
    // a free axis may be without a name
    shape: shape.map((size) => (typeof size === 'number' && size >= 0 ? size : String(size))),
  }))
}

/** Numbers as elements of a type; float16 as its bits. Throws InputError on a fraction where whole numbers are. */
export function encodeElements(type: ElementType, data: Float32Array) {
  switch (type) {
    case 'float32':
      return data
    case 'float16':
      return Uint16Array.from(data, toHalf)
    case 'int64':
      requireWhole(type, data)
      return BigInt64Array.from(data as unknown as ArrayLike<bigint>, (value) => BigInt(value))
    case 'int32':
      requireWhole(type, data)
      return Int32Array.from(data)
    case 'bool':
      return Uint8Array.from(data, (value) => (value === 0 ? 0 : 1))
  }
}

/** Elements of any type as numbers; a Uint16Array holds the bits of float16. */
export function decodeElements(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data
  if (data instanceof Uint16Array) return Float32Array.from(data, fromHalf)
  return Float32Array.from(data as ArrayLike<number>, Number)
}

function requireWhole(type: string, data: Float32Array): void {
  const fraction = data.find((value) => !Number.isInteger(value))
  if (fraction !== undefined)
    throw new InputError(
      `a value is ${fraction} where the network takes ${type}: give whole numbers`,
      'out-of-range',
    )
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The bits of the nearest float16, a tie to the even one. */
function toHalf(value: number): number {
  float[0] = value
  const x = bits[0]!
  const sign = (x >>> 16) & 0x8000
  const size = x & 0x7fffffff
  if (size > 0x7f800000) return sign | 0x7e00
  if (size >= 0x47800000) return sign | 0x7c00
  // below 2^-14 halves are multiples of 2^-24
  if (size < 0x38800000) {
    float[0] = Math.abs(value) + 0.5
    return sign | (bits[0]! - 0x3f000000)
  }
  const odd = (size >>> 13) & 1
  return sign | ((size - 0x38000000 + 0xfff + odd) >>> 13)
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(half >>> 10) & 31, half & 1023]
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}
