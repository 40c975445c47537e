/**
 * AdamW's step (Loshchilov and Hutter (2019), algorithm 2) of `count` parameters, four at a time, and the moving average
 * where `average` is not 0. All are addresses of float32 numbers; the gradient is the sum of `shares` ones, `stride` bytes
 * apart. What is new is written `shift` bytes behind what it was made of: in place where that is 0. The caller has put the
 * bias corrections into rate and epsilon, and the weight decay into `decay`.
 */
export function update(
  count: i32,
  parameters: usize,
  firstMoment: usize,
  secondMoment: usize,
  average: usize,
  gradients: usize,
  stride: usize,
  shares: i32,
  shift: usize,
  beta1: f32,
  beta2: f32,
  fresh1: f32,
  fresh2: f32,
  rate: f32,
  epsilon: f32,
  decay: f32,
  share: f32,
): void {
  const bytes: usize = (<usize>count) << 2
  for (let at: usize = 0; at < bytes; at += 16) {
    let from = gradients + at
    let g = v128.load(from)
    for (let k = 1; k < shares; k++) {
      from += stride
      g = f32x4.add(g, v128.load(from))
    }
    const m = sum(v128.load(firstMoment + at), beta1, g, fresh1)
    const v = sum(v128.load(secondMoment + at), beta2, f32x4.mul(g, g), fresh2)
    v128.store(firstMoment + shift + at, m)
    v128.store(secondMoment + shift + at, v)
    const direction = f32x4.div(m, f32x4.add(f32x4.sqrt(v), f32x4.splat(epsilon)))
    const decayed = f32x4.mul(v128.load(parameters + at), f32x4.splat(decay))
    const p = f32x4.sub(decayed, f32x4.mul(direction, f32x4.splat(rate)))
    v128.store(parameters + shift + at, p)
    if (average) {
      const old = v128.load(average + at)
      v128.store(average + shift + at, f32x4.add(old, f32x4.mul(f32x4.sub(p, old), f32x4.splat(share))))
    }
  }
}

/** a x + b y */
@inline
function sum(x: v128, a: f32, y: v128, b: f32): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(a)), f32x4.mul(y, f32x4.splat(b)))
}
