/** The numbers in shared memory, if allowed, which crosses the page's thread without a copy. */
export function shared(data: Float64Array): Float64Array {
  if (!globalThis.SharedArrayBuffer) return data.slice()
  const copy = new Float64Array(new SharedArrayBuffer(data.byteLength))
  copy.set(data)
  return copy
}
