/**
 * float32 numbers as a NumPy .npy file, format 1.0, C order.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function writeNpy(data: Float32Array, shape: readonly number[]): Uint8Array {
  const list = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${list}), }`
  // magic (6), version (2) and length (2) come before it; all of them together end on a multiple of 64
  const header = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`
  const start = 10 + header.length
  const file = new Uint8Array(start + 4 * data.length)
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0])
  const view = new DataView(file.buffer)
  view.setUint16(8, header.length, true)
  file.set(new TextEncoder().encode(header), 10)
  for (let i = 0; i < data.length; i++) view.setFloat32(start + 4 * i, data[i]!, true)
  return file
}
