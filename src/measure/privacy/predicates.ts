import { shuffled, streams, uniforms } from '../../numerics/random.ts'
import { median } from '../distances/pairwise.ts'
import { countsOf } from '../prepare.ts'
import { gatherRows, type RealAndSamples, type Rows } from './real-and-samples.ts'

/** A condition on a cell: equal to a value (NaN is missing), at most a value, or at least a value. */
export interface Term {
  readonly column: number
  readonly is: 'equal' | 'up to' | 'from'
  readonly value: number
}

/** A conjunction of terms that describes a person. */
export type Predicate = readonly Term[]

/** Maximum number of predicates tried. */
export const maxPredicates = 500

/** Maximum number of columns in a combination. */
const columnsAtOnce = 3

/** Maximum number of draws of rows and columns for a combination that describes a single sample. */
const maxAttempts = 50_000

/** Distinct rows. */
export function distinctRows(rows: Rows): Rows {
  const seen = new Set<string>()
  const kept: number[] = []
  for (let i = 0; i < rows.count; i++) {
    const text = rows.columns.map((column) => column[i]).join()
    if (seen.has(text)) continue
    seen.add(text)
    kept.push(i)
  }
  return gatherRows(rows, kept)
}

/**
 * Single-column predicates that describe one sample: unique values, including a missing cell, and numbers beyond the
 * range's ends. At most `maxPredicates`, drawn by the seed.
 */
export function rareValues(columns: RealAndSamples['columns'], samples: Rows, seed: number): Predicate[] {
  const all: Predicate[] = []
  for (const [d, { isCategory }] of columns.entries()) {
    const cells = samples.columns[d]!
    const single = [...countsOf(cells)].filter(([, count]) => count === 1).map(([value]) => value)
    const known = isCategory ? [] : cells.filter((cell) => !Number.isNaN(cell)).sort()
    const [lowest, highest] = [known[0], known.at(-1)]
    if (lowest !== undefined && single.includes(lowest)) all.push([{ column: d, is: 'up to', value: lowest }])
    if (highest !== undefined && single.includes(highest))
      all.push([{ column: d, is: 'from', value: highest }])
    for (const value of single) all.push([{ column: d, is: 'equal', value }])
  }
  return [...shuffled(all.length, seed, 111).subarray(0, maxPredicates)].map((k) => all[k]!)
}

/**
 * Predicates of up to three columns that describe one sample: its names, and numbers from its own outwards, away from
 * the column's median. At most `maxPredicates`, from random samples and columns.
 */
export function rareCombinations(
  columns: RealAndSamples['columns'],
  samples: Rows,
  seed: number,
): Predicate[] {
  const size = Math.min(columnsAtOnce, columns.length)
  const medians = samples.columns.map((cells) => median(cells.filter((cell) => !Number.isNaN(cell))))
  const dim = 1 + size
  const u = uniforms({ seed, stream: streams.privacy, step: 2 ** 20, start: 0, count: maxAttempts, dim })
  const found = new Map<string, Predicate>()
  for (let k = 0; k < maxAttempts && found.size < maxPredicates; k++) {
    const row = Math.floor(u[k * dim]! * samples.count)
    const left = [...columns.keys()]
    const chosen = Array.from({ length: size }, (_, c) => {
      const at = Math.floor(u[k * dim + 1 + c]! * left.length)
      return left.splice(at, 1)[0]!
    }).sort((a, b) => a - b)
    const predicate = chosen.map((column): Term => {
      const value = samples.columns[column]![row]!
      const isNumber = !columns[column]!.isCategory && !Number.isNaN(value)
      return { column, is: isNumber ? (value > medians[column]! ? 'from' : 'up to') : 'equal', value }
    })
    const key = JSON.stringify(predicate)
    if (!found.has(key) && matchesOf(predicate, samples, 1).length === 1) found.set(key, predicate)
  }
  return [...found.values()]
}

/** The rows that a predicate matches; stops once there are more than `enough`. */
export function matchesOf(predicate: Predicate, { columns, count }: Rows, enough: number): number[] {
  const rows: number[] = []
  for (let i = 0; i < count; i++) {
    if (!predicate.every((term) => holds(term, columns[term.column]![i]!))) continue
    rows.push(i)
    if (rows.length > enough) break
  }
  return rows
}

function holds({ is, value }: Term, cell: number): boolean {
  if (is === 'equal') return cell === value || (Number.isNaN(cell) && Number.isNaN(value))
  return is === 'from' ? cell >= value : cell <= value
}
