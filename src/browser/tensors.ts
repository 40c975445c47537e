import type { Tensor } from '../infer/session.ts'

/** What stands beside the bytes of tensors on their way: their names and sizes, in the order of the bytes. */
export type TensorList = readonly { readonly name: string; readonly dims: readonly number[] }[]

/** Tensors as one run of little-endian bytes: JSON would take five times as long for 100,000 rows. */
export function packTensors(tensors: Readonly<Record<string, Tensor>>): { list: TensorList; bytes: Buffer } {
  const entries = Object.entries(tensors)
  const parts = entries.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  return { list: entries.map(([name, { dims }]) => ({ name, dims })), bytes: Buffer.concat(parts) }
}

/** The arrays of such bytes, by name. */
export function unpackTensors(list: TensorList, bytes: Buffer): Record<string, Float32Array> {
  // a Buffer may begin anywhere in its memory, a Float32Array only at a multiple of four
  const floats = new Float32Array(Uint8Array.from(bytes).buffer)
  let at = 0
  return Object.fromEntries(
    list.map(({ name, dims }) => {
      const length = dims.reduce((product, size) => product * size, 1)
      at += length
      return [name, floats.slice(at - length, at)]
    }),
  )
}
