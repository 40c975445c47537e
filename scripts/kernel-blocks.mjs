/**
 * The AssemblyScript of `src/numerics/kernels/assembly/blocks`: products of two rows and one to five vectors, since the language
 * has no arrays of locals. The loop over k is not unrolled: with a longer body, V8 keeps sums in memory (48.8 GFLOP/s as
 * it is, 38 unrolled four times, 28.5 eight times). `scripts/make-wasm.mjs` passes it to the compiler.
 */
const rows = [0, 1]
const parameters =
  'k: i32, a: usize, rowA: usize, stepA: usize, b: usize, rowB: usize, init: usize, rowInit: usize, ' +
  'c: usize, rowC: usize, end: i32, h: usize, rowH: usize'

/** Two rows of C, `width` vectors wide: C = init + sum over k of A(row, k) B(k), finished by `end`. */
function block(width) {
  const vectors = Array.from({ length: width }, (_, v) => v)
  const each = (line) => rows.flatMap((r) => vectors.map((v) => `  ${line(`s${r}${v}`, r, 16 * v)}`))
  return [
    `export function block${width}(${parameters}): void {`,
    ...each((s, r, at) => `let ${s} = v128.load(init + ${r} * rowInit, ${at})`),
    '  let a1 = a + rowA',
    '  for (; k > 0; k--) {',
    '  const x0 = v128.load32_splat(a)',
    '  const x1 = v128.load32_splat(a1)',
    ...vectors.flatMap((v) => [
      `  const y${v} = v128.load(b, ${16 * v})`,
      ...rows.map((r) => `  s${r}${v} = f32x4.add(s${r}${v}, f32x4.mul(x${r}, y${v}))`),
    ]),
    '  a += stepA',
    '  a1 += stepA',
    '  b += rowB',
    '  }',
    '  if (end == End.leaky) {',
    ...each((s) => `${s} = leaky(${s})`),
    '  } else if (end == End.slope) {',
    ...each((s, r, at) => `${s} = sloped(${s}, v128.load(h + ${r} * rowH, ${at}))`),
    '  }',
    ...each((s, r, at) => `v128.store(c + ${r} * rowC, ${s}, ${at})`),
    '}',
  ]
}

export const kernelBlocks = [
  "import { End, leaky, sloped } from './activation'",
  ...[1, 2, 3, 4, 5].flatMap(block),
].join('\n')
