/** The rows of a table as they are accepted: drawn, completed, made to follow, tested by everything that they must meet, or drawn again. */
import { drawUntilAccepted } from '../../infer/accept.ts'
import type { ModelInternals } from '../../infer/model.ts'
import { requirementsOf } from '../../model/requirements.ts'
import { type Given, knownOf } from '../../table/known.ts'
import { follower } from '../../table/relations/restore.ts'
import { gathered, type TableColumn } from '../../table/table.ts'
import type { DrawnKeys } from './distinct.ts'
import { drawRows, type RowDraw } from './draw-rows.ts'
import type { RowCheck } from './row-check.ts'

/** How often a row is drawn, by its model and with everything around it together; as often as `serve` draws one. */
export const mostAttempts = 256

/** The most rows of several attempts that are drawn at once. */
const mostAtOnce = 256

/** The distance between a row's numbers of further attempts. */
const attemptStep = 2 ** 40

/** What a row broke whose key another has. */
export const repeated = 'repeated its key'

type Rows = readonly TableColumn[]

/** What each row must meet. Rows are in the places of `rows`; row i has the number i of the call. */
export interface Acceptance {
  /** Writes what follows from other rows; returns a reason where that can't be. */
  readonly complete?: ((rows: Rows, i: number, isLast: boolean) => string | undefined) | undefined
  readonly keys: DrawnKeys | undefined
  readonly check: RowCheck | undefined
  /** The group whose rows have keys of their own, and the row of the parent, -1 without one. */
  groupOf(i: number): string
  parentOf(i: number): number
}

export interface Accepted {
  readonly rows: readonly TableColumn[]
  /** The rows that are refused after all, with what each broke most often. */
  readonly refused: ReadonlyMap<number, string>
}

/** Draws rows under their context until each is accepted, once, by all that it must meet. */
export async function drawAccepted(
  model: ModelInternals,
  context: Rows,
  numbers: Float64Array,
  options: RowDraw,
  acceptance: Acceptance,
): Promise<Accepted> {
  if (numbers.length === 0) return { rows: [], refused: new Map() }
  const numberOf = (i: number, attempt: number) =>
    (numbers[i]! + attempt * attemptStep) % Number.MAX_SAFE_INTEGER
  const rows = await drawRows(model, context, numbers, options)
  const problemsOf = testerOf(model, rows, options.given, acceptance)
  const problems = new Map<number, string[]>()
  const accepts = (i: number, isLast: boolean) => {
    const now = problemsOf(i, isLast)
    const all = problems.get(i) ?? []
    all.push(...now)
    if (now.length === 0) problems.delete(i)
    else problems.set(i, all)
    return now.length === 0
  }
  const candidates = model.file.description.candidates?.count ?? 1
  await drawUntilAccepted(
    [...numbers.keys()].filter((i) => !accepts(i, false)),
    {
      most: Math.max(2, Math.floor(mostAttempts / candidates)),
      signal: options.signal,
      atOnce: mostAtOnce,
      async draw(some, attempts) {
        const inAll = attempts.flatMap(() => some)
        const again = await drawRows(
          model,
          context.map((each) => gathered(each, inAll)),
          Float64Array.from(attempts.flatMap((each) => some.map((i) => numberOf(i, each)))),
          options,
        )
        return (k, i) => {
          for (const [d, { cells }] of rows.entries()) cells[i] = again[d]!.cells[k]!
        }
      },
      accepts,
    },
  )
  return { rows, refused: new Map([...problems].map(([i, all]) => [i, commonest(all)])) }
}

/** Returns a function that completes a row, and says what it breaks: nothing where it is accepted, and kept. */
function testerOf(
  model: ModelInternals,
  rows: Rows,
  given: Given = {},
  { complete, keys, check, groupOf, parentOf }: Acceptance,
): (i: number, isLast: boolean) => readonly string[] {
  const { encoding } = model.file.description
  const { columns, context = [] } = encoding
  const { ranges } = knownOf(encoding, given)
  const tests = requirementsOf(encoding, { ranges })?.tests ?? []
  const cellsOf = columns.map(({ name }) => rows.find((each) => each.name === name)?.cells)
  // a column that is not drawn is missing in every row
  const missing = new Float64Array(rows[0]?.cells.length ?? 0).fill(Number.NaN)
  const tested = cellsOf.map((cells) => cells ?? missing)
  const row = new Float64Array(columns.length)
  const read = (i: number) => {
    for (const [d, cells] of cellsOf.entries()) row[d] = cells?.[i] ?? Number.NaN
  }
  const before = new Float64Array(columns.length)
  const isMoved = (d: number) => !Object.is(row[d], before[d])
  const isKnown = columns.map(({ name }) => context.includes(name) || Object.hasOwn(given, name))
  const follow = follower(encoding, isMoved, (d) => isKnown[d]!)
  return (i, isLast) => {
    read(i)
    before.set(row)
    const incomplete = complete?.(rows, i, isLast)
    if (incomplete !== undefined) return [incomplete]
    const group = groupOf(i)
    if (isLast) keys?.free(rows, i, group)
    read(i)
    if (columns.some((_, d) => isMoved(d))) {
      if (!follow(row)) return ['did not fit the rows before it']
      for (const [d, cells] of cellsOf.entries()) if (cells) cells[i] = row[d]!
    }
    const unmet = tests.flatMap(({ isMet, text }) => (isMet(tested, i) ? [] : [text]))
    const broken = [...unmet, ...(check?.broken(rows, i, parentOf(i)) ?? [])]
    if (broken.length > 0) return broken.map((text) => `broke ${text}`)
    if (keys?.has(rows, i, group)) return [repeated]
    check?.keep(rows, i, parentOf(i))
    keys?.keep(rows, i, group)
    return []
  }
}

/** What most rows that are left out broke. */
export function commonest(problems: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const problem of problems) counts.set(problem, (counts.get(problem) ?? 0) + 1)
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0]
}
