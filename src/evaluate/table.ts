import type { Evaluation } from './evaluate.ts'
import type { Figures } from './figures.ts'
import { bandwidths } from './kernels.ts'
import { neighbours } from './pairwise.ts'

/** An evaluation as a table for a terminal of 80 columns: the samples, real against real, ratio, ideal. */
export function evaluationTable(evaluation: Evaluation): string {
  const { null: real, ratio, ideal, nearestTraining: near, teacher } = evaluation
  const row = (name: string, of: (figures: Figures) => number) => [
    name,
    ...[evaluation, real, ratio].map((figures) => significant(of(figures))),
    ...(ideal ? [significant(of(ideal))] : []),
  ]
  const nearRow = (name: string, samples: number, data: number, ofIdeal: number | undefined) => [
    name,
    ...[samples, data, samples / data].map(significant),
    ...(ideal ? [significant(ofIdeal ?? Number.NaN)] : []),
  ]
  const rows = [
    ['', 'samples', 'real against real', 'ratio', ...(ideal ? ['ideal'] : [])],
    row('sliced Wasserstein-2', (figures) => figures.slicedWasserstein2),
    row('energy distance (V)', (figures) => figures.energyV),
    row('energy distance, unbiased', (figures) => figures.energy),
    ...bandwidths.map((h) => row(`MMD², bandwidth ${h}`, (figures) => figures.mmd2[String(h)]!)),
    row(`density, ${neighbours} neighbours`, (figures) => figures.density),
    row(`coverage, ${neighbours} neighbours`, (figures) => figures.coverage),
  ]
  if (near) {
    const of = ideal?.nearestTraining
    rows.push(nearRow('nearest training point', near.median, near.data.median, of?.median))
    if (near.closer !== null && near.data.closer !== null)
      rows.push(nearRow('nearer than 99% of data', near.closer, near.data.closer, of?.closer ?? undefined))
  }
  const rest = ['', '', ...(ideal ? [''] : [])]
  if (teacher)
    rows.push(
      ['distance to the teacher, mean', significant(teacher.mean), ...rest],
      ['distance to the teacher, worst', significant(teacher.worst), ...rest],
    )
  return align(rows)
}

/** Columns as wide as their widest cell, the first to the left, the others to the right. */
function align(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
  const cell = (text: string, c: number) => (c === 0 ? text.padEnd(widths[c]!) : text.padStart(widths[c]!))
  return rows.map((row) => row.map(cell).join('   ').trimEnd()).join('\n')
}

/** Three significant digits: 0.0123, 1.2e-5, 123. */
export function significant(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return Number.isNaN(x) ? '-' : String(x)
  const size = Math.abs(x)
  return size >= 1e-3 && size < 1e4 ? String(Number(x.toPrecision(3))) : x.toExponential(1)
}
