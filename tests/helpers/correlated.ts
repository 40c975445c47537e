import { standardNormals, streams } from '../../src/numerics/random.ts'

/** CSV text of ten correlated columns: linear, skewed, bounded, a product, one of another scale, one of whole numbers. */
export function correlatedCsv(rows: number, seed: number): string {
  const z = standardNormals({ seed, stream: streams.datasets, step: 0, start: 0, count: rows, dim: 12 })
  const lines = Array.from({ length: rows }, (_, r) => {
    const [p, q, s, a, b, c, d, e, f, g, h, i] = z.subarray(12 * r, 12 * r + 12) as unknown as number[] & {
      length: 12
    }
    return [
      p! + 0.3 * a!,
      0.8 * p! - 0.6 * q! + 0.3 * b!,
      q! + 0.3 * c!,
      Math.exp(0.4 * s!) + 0.1 * d!,
      s! - 0.5 * p! + 0.3 * e!,
      0.5 * p! * q! + 0.3 * f!,
      Math.tanh(2 * p!) + 0.2 * g!,
      0.5 * (p! + q! + s!) + 0.2 * h!,
      50 + 10 * (q! + 0.3 * i!),
      Math.round(20 + 5 * s!),
    ]
      .map((value) => value.toPrecision(7))
      .join(',')
  })
  return `a,b,c,d,e,f,g,h,i,j\n${lines.join('\n')}\n`
}
