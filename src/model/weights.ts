import { InputError } from '../core/errors.ts'

export interface WeightTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Weights by their PyTorch names and in PyTorch's layout ([out, in]: y = x W^T + b). */
export type NamedWeights = ReadonlyMap<string, WeightTensor>

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** Returns the tensor of that name. Throws if it is missing. */
export function weightOf(weights: NamedWeights, name: string): WeightTensor {
  const tensor = weights.get(name)
  if (!tensor)
    throw new InputError(`the weights lack ${name}: they hold ${[...weights.keys()].join(', ')}`, 'bad-model')
  return tensor
}

/**
 * Writes float32 tensors as a safetensors file: the header's length (8 bytes, little-endian), a JSON header, the data.
 * https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(tensors: NamedWeights, metadata: Record<string, string> = {}): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } }
  let end = 0
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] }
    end += data.byteLength
  }
  const json = JSON.stringify(header)
  const encoded = new TextEncoder().encode(
    json + ' '.repeat((8 - (new TextEncoder().encode(json).length % 8)) % 8),
  )
  const file = new Uint8Array(8 + encoded.length + end)
  const view = new DataView(file.buffer)
  view.setBigUint64(0, BigInt(encoded.length), true)
  file.set(encoded, 8)
  let at = 8 + encoded.length
  for (const { data } of tensors.values()) {
    for (const value of data) {
      view.setFloat32(at, value, true)
      at += 4
    }
  }
  return file
}

/**
 * Reads a safetensors file; float64 tensors are rounded to float32. Throws if it is no safetensors file, truncated, or
 * of another dtype.
 */
export function readSafetensors(
  file: Uint8Array,
  name = 'the file',
): { readonly tensors: NamedWeights; readonly metadata: Readonly<Record<string, string>> } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const headerLength = file.byteLength >= 8 ? Number(view.getBigUint64(0, true)) : Number.POSITIVE_INFINITY
  const refuse = (problem: string) =>
    new InputError(`${name} is no safetensors file of float32 weights: ${problem}`, 'bad-model')
  if (headerLength > file.byteLength - 8) throw refuse('it ends before its header does')
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, 8 + headerLength)))
  } catch {
    throw refuse('its header is no JSON')
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw refuse('its header is no object')
  const { __metadata__: metadata, ...entries } = header as Record<string, unknown>
  const tensors = new Map<string, WeightTensor>()
  for (const [key, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>
    if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
      throw refuse(`the entry of ${key} is malformed`)
    const size = dtype === 'F32' ? 4 : dtype === 'F64' ? 8 : 0
    if (size === 0) throw refuse(`${key} is of dtype ${String(dtype)}`)
    const [from, to] = [8 + headerLength + offsets[0]!, 8 + headerLength + offsets[1]!]
    const count = elementCount(shape)
    if (to - from !== count * size || to > file.byteLength)
      throw refuse(`the data of ${key} is cut off or of another size`)
    tensors.set(key, {
      shape,
      data: Float32Array.from({ length: count }, (_, i) =>
        size === 4 ? view.getFloat32(from + 4 * i, true) : view.getFloat64(from + 8 * i, true),
      ),
    })
  }
  return { tensors, metadata: (metadata ?? {}) as Record<string, string> }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}
