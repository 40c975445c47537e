import { createKernels, createMemory, Layout } from './memory.ts'

/** Rows that the kernel takes at a time. */
const rowsAtOnce = 16

/** Whole numbers, column by column. */
interface Rows {
  readonly columns: readonly Int32Array[]
  readonly count: number
  /** What a column counts at most. */
  readonly unit: number
}

/**
 * A function of a row's cells that gives the sums over columns of min(|x - y|, unit), of that row and each of `rows`; the sums stand
 * until the next call. null where the engine has no WASM with SIMD, or a page's Content-Security-Policy forbids it.
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
    const own = new Int32Array(buffer, cellsAt, width)
    const sums = new Int32Array(buffer, sumsAt, count)
    return (cells) => {
      own.set(cells)
      kernels.distances(padded, width, unit, cellsAt, places[0] ?? 0, 4 * padded, sumsAt)
      return sums
    }
  } catch {
    return null
  }
}
