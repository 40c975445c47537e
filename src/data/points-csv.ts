import papaparse from 'papaparse'
import { shortFloat32 } from '../core/float32.ts'
import type { Points } from '../core/points.ts'

/** Points as CSV: a header of column names, then a row a point. */
export function pointsToCsv(points: Points, columns: readonly string[]): string {
  return rowsToCsv([columns, ...rowsOf(points)])
}

export function rowsToCsv(rows: readonly (readonly unknown[])[]): string {
  return `${papaparse.unparse(rows as unknown[][], { newline: '\n' })}\n`
}

/** The values of each row, as the shortest decimals that read back as the same float32. */
export function rowsOf(points: Points): number[][] {
  return Array.from({ length: points.count }, (_, i) => rowOf(points, i))
}

export function rowOf({ data, dim }: Points, i: number): number[] {
  return Array.from(data.subarray(i * dim, (i + 1) * dim), shortFloat32)
}
