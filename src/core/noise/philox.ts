const M0 = 0xd2511f53
const M1 = 0xcd9e8d57
const W0 = 0x9e3779b9
const W1 = 0xbb67ae85
const rounds = 10

/** The high 32 bits of the 64-bit product a b. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + (middle >>> 16) + (cross >>> 16)) >>> 0
}

/**
 * Philox4x32-10: four 32-bit words from a counter of four and a key of two, written to `out`.
 * Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
): void {
  let k0 = key0
  let k1 = key1
  let x0 = c0
  let x1 = c1
  let x2 = c2
  let x3 = c3
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(x0, M0)
    const low0 = Math.imul(x0, M0)
    const high1 = multiplyHigh(x2, M1)
    const low1 = Math.imul(x2, M1)
    x0 = high1 ^ x1 ^ k0
    x1 = low1
    x2 = high0 ^ x3 ^ k1
    x3 = low0
    k0 = (k0 + W0) | 0
    k1 = (k1 + W1) | 0
  }
  out[0] = x0
  out[1] = x1
  out[2] = x2
  out[3] = x3
}
