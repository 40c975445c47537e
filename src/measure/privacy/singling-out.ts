import { pause, type Work } from '../../core/work.ts'
import { shuffled, streams, uniforms } from '../../numerics/random.ts'
import { countsOf, median, present } from '../statistics.ts'
import { type Share, shareOf, tailOfHeads, wilson } from './chance.ts'
import { type DrawnSets, pickRows, type Rows, type SharedColumn, textsOf } from './sets.ts'

/** How often predicates that match one sample match exactly one real row. */
export interface SingledOut {
  /** Number of predicates tried. */
  readonly predicates: number
  /** Predicates that match exactly one training row. */
  readonly attack: Share
  /** Predicates that match exactly one of equally many held-out rows: the baseline without the training rows. */
  readonly control: Share
  /** (attack - control) / (1 - control), as in anonymeter; null without predicates. */
  readonly risk: { readonly value: number; readonly low: number; readonly high: number } | null
  /** Number of distinct rows singled out. */
  readonly rows: { readonly train: number; readonly against: number }
  /** p-value: the probability of at least as many training rows among these by chance (a sign test). */
  readonly p: number
  /** Whether `p` is below the test's level. */
  readonly told: boolean
}

/** Singling out (Giomi et al. 2023): guesses that what is rare among samples belongs to one training row. */
export async function singleOut(
  { columns, members, others, samples }: DrawnSets,
  alpha: number,
  seed: number,
  { signal }: Work,
): Promise<Record<'values' | 'combinations', SingledOut>> {
  const different = distinctRows(samples)
  const test = async (predicates: readonly Predicate[]): Promise<SingledOut> => {
    const train = await singledOut(predicates, members, signal)
    const against = await singledOut(predicates, others, signal)
    const rows = { train: new Set(train).size, against: new Set(against).size }
    const p = tailOfHeads(rows.train, rows.train + rows.against)
    return {
      predicates: predicates.length,
      attack: shareOf(train.length, predicates.length),
      control: shareOf(against.length, predicates.length),
      risk: riskOf(train.length, against.length, predicates.length),
      rows,
      p,
      told: p <= alpha,
    }
  }
  await pause(signal)
  const values = await test(rareValues(columns, different, seed))
  await pause(signal)
  const combinations = await test(rareCombinations(columns, different, seed))
  return { values, combinations }
}

async function singledOut(predicates: readonly Predicate[], rows: Rows, signal: AbortSignal | undefined) {
  const alone: number[] = []
  for (const predicate of predicates) {
    await pause(signal)
    const matches = matchesOf(predicate, rows, 1)
    if (matches.length === 1) alone.push(matches[0]!)
  }
  return alone
}

/** The risk beyond the control's, from the centres of Wilson's intervals, whose squared errors add up. */
export function riskOf(attack: number, control: number, predicates: number): SingledOut['risk'] {
  if (predicates === 0) return null
  const [a, c] = [wilson(attack, predicates), wilson(control, predicates)]
  const rest = 1 - c.centre
  const value = (a.centre - c.centre) / rest
  const error = Math.sqrt((a.error / rest) ** 2 + (((a.centre - 1) * c.error) / rest ** 2) ** 2)
  const inside = (x: number) => Math.min(Math.max(x, 0), 1)
  return { value: inside(value), low: inside(value - error), high: inside(value + error) }
}

/** A condition on a cell: equal to a value (NaN is missing), at most a value, or at least a value. */
interface Term {
  readonly column: number
  readonly is: 'equal' | 'up to' | 'from'
  readonly value: number
}

type Predicate = readonly Term[]

const maxPredicates = 500

const columnsAtOnce = 3

const maxAttempts = 50_000

export function distinctRows(rows: Rows): Rows {
  const first = new Map<string, number>()
  for (const [i, text] of textsOf(rows).entries()) if (!first.has(text)) first.set(text, i)
  return pickRows(rows, Int32Array.from(first.values()))
}

/** Predicates that describe one sample: unique values, and numbers beyond the range's ends; drawn by the seed. */
export function rareValues(columns: readonly SharedColumn[], samples: Rows, seed: number): Predicate[] {
  const all: Predicate[] = []
  for (const [d, { isCategory }] of columns.entries()) {
    const cells = samples.columns[d]!
    const single = [...countsOf(cells)].filter(([, count]) => count === 1).map(([value]) => value)
    const numbers = isCategory ? [] : present(cells).sort()
    const ends = [['up to', numbers[0]] as const, ['from', numbers.at(-1)] as const]
    for (const [is, value] of ends)
      if (value !== undefined && single.includes(value)) all.push([{ column: d, is, value }])
    for (const value of single) all.push([{ column: d, is: 'equal', value }])
  }
  return [...shuffled(all.length, seed, 111).subarray(0, maxPredicates)].map((k) => all[k]!)
}

/** Predicates of up to three columns that describe one random sample; numbers outwards from the column's median. */
export function rareCombinations(columns: readonly SharedColumn[], samples: Rows, seed: number): Predicate[] {
  const size = Math.min(columnsAtOnce, columns.length)
  const medians = samples.columns.map((cells) => median(present(cells)))
  const dim = 1 + size
  const u = uniforms({ seed, stream: streams.privacy, step: 2 ** 20, start: 0, count: maxAttempts, dim })
  const predicates = new Map<string, Predicate>()
  for (let k = 0; k < maxAttempts && predicates.size < maxPredicates; k++) {
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
    if (!predicates.has(key) && matchesOf(predicate, samples, 1).length === 1) predicates.set(key, predicate)
  }
  return [...predicates.values()]
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
