import { clipped, exp } from './activation'

/** The outputs for a category are taken as no further from 0 than this: `maxLogit` in model/network.ts. */
const maxLogit: f32 = 60

/** Size and start of a block, by which outputs fall into numbers (of size 1) and categories. */
@inline
function sizeOf(blocks: usize, b: i32): i32 {
  return i32.load(blocks + ((<usize>b) << 3))
}

@inline
function startOf(blocks: usize, b: i32): usize {
  return (<usize>i32.load(blocks + ((<usize>b) << 3), 4)) << 2
}

/** e^outputs of a row, each output taken as within the bound. */
@inline
function powersOf(vectors: i32, outputs: usize, powers: usize): void {
  const bytes: usize = (<usize>vectors) << 4
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(powers + at, exp(clipped(v128.load(outputs + at), maxLogit)))
}

@inline
function sumOf(at: usize, size: i32): f32 {
  let sum: f32 = 0
  for (let k = 0; k < size; k++) sum += f32.load(at + ((<usize>k) << 2))
  return sum
}

/**
 * ln(x) of a normal number above 0: x is m 2^e with m from sqrt(1/2) to sqrt(2), and ln(m) the polynomial of the Cephes library's
 * logf. AssemblyScript's log reads a table of static data, and this module's memory is its caller's, with no place for one.
 */
function log(x: f32): f32 {
  // a carry into the exponent where the significand is in the upper half
  const bits = reinterpret<u32>(x) + 0x004afb0d
  const e = <f32>(<i32>(bits >> 23) - 127)
  const z = reinterpret<f32>((bits & 0x007fffff) + 0x3f3504f3) - <f32>1
  let p: f32 = 7.0376836292e-2
  p = p * z - <f32>1.151461031e-1
  p = p * z + <f32>1.167699874e-1
  p = p * z - <f32>1.2420140846e-1
  p = p * z + <f32>1.4249322787e-1
  p = p * z - <f32>1.6668057665e-1
  p = p * z + <f32>2.0000714765e-1
  p = p * z - <f32>2.4999993993e-1
  p = p * z + <f32>3.3333331174e-1
  const square = z * z
  let y = p * z * square
  y -= <f32>2.1219444e-4 * e
  y -= <f32>0.5 * square
  return z + y + <f32>0.693359375 * e
}

/** The share p of each name: the softmax of every category's outputs, in place. `powers` is room for a row. */
export function softmax(
  rows: i32,
  vectors: i32,
  outputs: usize,
  row: usize,
  blocks: usize,
  count: i32,
  powers: usize,
): void {
  for (let r = 0; r < rows; r++) {
    powersOf(vectors, outputs, powers)
    for (let b = 0; b < count; b++) {
      const size = sizeOf(blocks, b)
      if (size == 1) continue
      const start = startOf(blocks, b)
      const factor: f32 = <f32>1 / sumOf(powers + start, size)
      for (let k = 0; k < size; k++) {
        const at = start + ((<usize>k) << 2)
        f32.store(outputs + at, f32.load(powers + at) * factor)
      }
    }
    outputs += row
  }
}

/**
 * Turns outputs into the gradient of the loss by them, w (p - target), with p the softmax of each category and the output
 * itself for a number. Returns the loss: by number 1/2 w (output - target)^2, by category w times the cross-entropy.
 * Targets and weights are [rows, dim] without room between the rows. `powers` is room for a row.
 */
export function blockError(
  rows: i32,
  vectors: i32,
  dim: i32,
  outputs: usize,
  row: usize,
  targets: usize,
  weights: usize,
  blocks: usize,
  count: i32,
  powers: usize,
): f32 {
  let loss: f32 = 0
  let hasLogits = false
  for (let b = 0; b < count; b++) if (sizeOf(blocks, b) != 1) hasLogits = true
  for (let r = 0; r < rows; r++) {
    if (hasLogits) powersOf(vectors, outputs, powers)
    for (let b = 0; b < count; b++) {
      const size = sizeOf(blocks, b)
      const start = startOf(blocks, b)
      if (size == 1) {
        const weight = f32.load(weights + start)
        const error = f32.load(outputs + start) - f32.load(targets + start)
        const gradient = error * weight
        loss += <f32>0.5 * error * gradient
        f32.store(outputs + start, gradient)
        continue
      }
      const sum = sumOf(powers + start, size)
      const factor: f32 = <f32>1 / sum
      const logSum = log(sum)
      for (let k = 0; k < size; k++) {
        const at = start + ((<usize>k) << 2)
        const weight = f32.load(weights + at)
        const target = f32.load(targets + at)
        loss += target * weight * (logSum - f32.load(outputs + at))
        f32.store(outputs + at, (f32.load(powers + at) * factor - target) * weight)
      }
    }
    outputs += row
    targets += (<usize>dim) << 2
    weights += (<usize>dim) << 2
  }
  return loss
}
