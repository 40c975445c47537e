import { angles, cosineSigns, cosines, radii, sineSigns, sines, turned, unitIntervals } from './box-muller'
import { philox } from './philox'

/**
 * Where the words of four samples are; after them the samples themselves, of four the first words of their counters and then the
 * last; and after those what is drawn: `resultOffset` in `../wasm.ts`.
 */
const words: usize = 0
const samples: usize = 64
const result: usize = 64 + 8 * 1024

/** Normals [count, dim]; writes for full fours of samples. */
export function normals(
  count: i32,
  dim: i32,
  step: i32,
  key0: i32,
  key1: i32,
): void {
  const stride: usize = (<usize>dim) << 2
  let row = result
  for (let i = 0; i < count; i += 4) {
    for (let d = 0; d < dim; d += 2) {
      if (!(d & 3)) philox(words, samples + (i << 3), step, d >> 2, key0, key1)
      const at = words + ((d & 2) << 4)
      pairs(v128.load(at), v128.load(at, 16), row + (d << 2), stride, d + 1 < dim)
    }
    row += stride << 2
  }
}

/** Uniform numbers [count, dim] in float64; writes for full fours of samples. */
export function uniforms(
  count: i32,
  dim: i32,
  step: i32,
  key0: i32,
  key1: i32,
): void {
  const stride: usize = (<usize>dim) << 3
  let row = result
  for (let i = 0; i < count; i += 4) {
    for (let d = 0; d < dim; d++) {
      if (!(d & 3)) philox(words, samples + (i << 3), step, d >> 2, key0, key1)
      const word = v128.load(words + ((d & 3) << 4))
      const out = row + (d << 3)
      const low = unitIntervals(word)
      const high = unitIntervals(upperHalf(word))
      v128.store64_lane(out, low, 0)
      v128.store64_lane(out + stride, low, 1)
      v128.store64_lane(out + 2 * stride, high, 0)
      v128.store64_lane(out + 3 * stride, high, 1)
    }
    row += stride << 2
  }
}

@inline
function upperHalf(word: v128): v128 {
  return v128.shuffle<i64>(word, word, 1, 1)
}

/** Box-Muller for four samples: the cosine at `out` and, where `both`, the sine after it. */
function pairs(first: v128, second: v128, out: usize, stride: usize, both: bool): void {
  for (let half = 0; half < 2; half++) {
    const r = radii(first)
    const x = angles(second)
    const c = cosines(x)
    const s = sines(x)
    const cosine = f32x4.demote_f64x2_zero(f64x2.mul(r, turned(second, c, s, cosineSigns(second))))
    v128.store32_lane(out, cosine, 0)
    v128.store32_lane(out + stride, cosine, 1)
    if (both) {
      const sine = f32x4.demote_f64x2_zero(f64x2.mul(r, turned(second, s, c, sineSigns(second))))
      v128.store32_lane(out + 4, sine, 0)
      v128.store32_lane(out + stride + 4, sine, 1)
    }
    first = upperHalf(first)
    second = upperHalf(second)
    out += 2 * stride
  }
}
