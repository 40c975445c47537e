import {
  angles,
  cosineSigns,
  cosines,
  radii,
  sineSigns,
  sines,
  turned,
} from '../../../src/numerics/noise/assembly/box-muller'

/** Radius, cosine and sine of a word, before they are rounded to float32, at addresses 0, 8 and 16. */
export function boxMuller(word: i32): void {
  const words = i32x4.splat(word)
  const x = angles(words)
  const c = cosines(x)
  const s = sines(x)
  v128.store64_lane(0, radii(words), 0)
  v128.store64_lane(8, turned(words, c, s, cosineSigns(words)), 1)
  v128.store64_lane(16, turned(words, s, c, sineSigns(words)), 0)
}
