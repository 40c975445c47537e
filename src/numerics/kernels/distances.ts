import { createKernels, createMemory, Layout } from './memory.ts'

/** Rows per kernel iteration. */
const rowsAtOnce = 16

/** Integers, column by column. */
interface Rows {
  readonly columns: readonly Int32Array[]
  readonly count: number
  /** Maximum distance that a column contributes. */
  readonly unit: number
}

/**
 * Returns a function from a row's cells to the sum over columns of min(|x - y|, unit) for each of `rows`; each call
 * overwrites the sums. Returns null without WASM with SIMD, or if a page's Content-Security-Policy forbids it.
 */
export function columnDistances({ columns, count, unit }: Rows): ((cells: Int32Array) => Int32Array) | null {
  const width = columns.length
  const padded = rowsAtOnce * Math.ceil(count / rowsAtOnce)
  const layout = new Layout()
  const places = columns.map(() => layout.take(padded))
  const [cellsAt, sumsAt] = [layout.take(width), layout.take(padded)]
  try {
    const kernels = createKernels(createMemory(layout.bytes))
    const { buffer } = kernels.memory
    for (const [d, at] of places.entries()) new Int32Array(buffer, at, count).set(columns[d]!)
    const input = new Int32Array(buffer, cellsAt, width)
    const sums = new Int32Array(buffer, sumsAt, count)
    return (cells) => {
      input.set(cells)
      kernels.distances(padded, width, unit, cellsAt, places[0] ?? 0, 4 * padded, sumsAt)
      return sums
    }
  } catch {
    return null
  }
}
