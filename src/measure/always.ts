/** What holds in nearly all real rows, found in training rows and confirmed in held-out ones, and how often it holds in samples. */
import { shuffled } from '../numerics/random.ts'
import { columnNamed } from '../table/columns.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import { matchColumns } from '../table/match-columns.ts'
import { describeRelation } from '../table/relations/describe.ts'
import { heldRows } from '../table/relations/held-rows.ts'
import type { Relation } from '../table/relations/index.ts'
import { type FoundRule, findRules } from '../table/rules/find.ts'
import { columnsOf, countMet, describeRule } from '../table/rules/index.ts'
import type { NamedTable } from '../table/table.ts'
import { firstRows, type ReportTables } from './prepare.ts'

/** Rows of the training rows, and of the others, that are looked at. */
const [mostTraining, mostOthers] = [20_000, 5000]

/** Of the rows that have the columns, so many hold what always holds; and the fewest that there must be. */
const [leastHeld, fewestRows] = [0.98, 20]

/** What is below real rows by more than this, fails. */
const mostBelow = 0.05

/** Values that go together as in other rows: among so many columns, whose cells are in training rows so often. */
const [mostColumns, leastKnown] = [40, 0.8]

/** By chance they are so in at most this share of the held-out rows, and break it so many times as often. */
const [mostByChance, timesByChance] = [0.8, 4]

/** What holds in nearly all real rows. Plain JSON. */
export interface Always {
  /** What it says of the columns, as a rule or a relation does: `total = price + tax`. */
  readonly says: string
  readonly columns: readonly string[]
  /** The share of held-out rows in which it holds, and of samples. */
  readonly real: number
  readonly samples: number
  /** Whether it holds in fewer samples than real rows, by more than a twentieth of all. */
  readonly fails: boolean
}

/**
 * What holds in nearly all real rows, what is furthest from that in samples first. Only what chance would often break.
 *
 * @param encoding - The model's, whose relations are reported too.
 */
export function alwaysIn(tables: ReportTables, encoding?: Encoding): Always[] {
  const train = firstRows(tables.train, mostTraining)
  const others = [tables.against, tables.samples].map((table) => firstRows(table, mostOthers))
  const [against, samples] = others as [NamedTable, NamedTable]
  const found: Always[] = []
  const isFound = (names: readonly string[]) =>
    found.some(
      ({ columns }) => columns.length === names.length && columns.every((name) => names.includes(name)),
    )
  const add = (always: Omit<Always, 'fails'>) => {
    if (!isFound(always.columns)) found.push({ ...always, fails: always.real - always.samples > mostBelow })
  }
  for (const rule of withoutFollowing(findRules(train.columns, leastHeld))) {
    const [real, drawn] = [against, samples].map((table) => countMet(rule, table.columns))
    if (!enough(real!.rows, real!.met, drawn!.rows)) continue
    const shares = { real: real!.met / real!.rows, samples: drawn!.met / drawn!.rows }
    add({ says: describeRule(rule), columns: columnsOf(rule), ...shares })
  }
  for (const relation of encoding?.relations ?? []) {
    const columns = [relation.column, ...relation.by]
    const [real, drawn] = [against, samples].map((table) => heldIn(relation, encoding!, table))
    if (!real || !drawn || !enough(real.rows, real.held, drawn.rows)) continue
    const says = describeRelation(relation)
    add({ says, columns, real: real.held / real.rows, samples: drawn.held / drawn.rows })
  }
  for (const combined of combinedIn(train, against, samples, encoding)) add(combined)
  return found.toSorted((a, b) => a.samples - a.real - (b.samples - b.real))
}

const enough = (rows: number, held: number, samples: number) =>
  Math.min(rows, samples) >= fewestRows && held >= leastHeld * rows

/** Without the orders that follow from two others. */
function withoutFollowing(rules: readonly FoundRule[]): FoundRule[] {
  const orders = rules.flatMap((rule) => (rule.kind === 'order' ? [rule.columns] : []))
  return rules.filter(
    (rule) =>
      rule.kind !== 'order' ||
      !orders.some(
        ([low, middle]) =>
          low === rule.columns[0] &&
          orders.some(([from, high]) => from === middle && high === rule.columns[1]),
      ),
  )
}

/** In how many rows a relation holds that gives its column from numbers or dates; undefined of others, and without its columns. */
function heldIn(relation: Relation, { columns }: Encoding, table: NamedTable) {
  if (['look-up', 'combination', 'nearest', 'order', 'copy'].includes(relation.kind)) return undefined
  const names = [...relation.by, relation.column]
  if (!names.every((name) => table.columns.some((column) => column.name === name))) return undefined
  const own = names.map((name) => columnNamed(columns, name))
  const part = { ...table, columns: names.map((name) => columnNamed(table.columns, name)) }
  const cells = matchColumns(part, { name: 'the model', columns: own }, 'kept')
  return heldRows(relation, own, (name) => cells[names.indexOf(name)]!)
}

/** Cells as whole numbers: those that training rows have from 0 on, others -1. */
interface Coded {
  readonly names: readonly string[]
  readonly train: Int32Array
  readonly against: Int32Array
  readonly samples: Int32Array
  readonly count: number
}

/** The columns whose values go together as in training rows, and those that two columns of a relation decide together. */
function combinedIn(
  train: NamedTable,
  against: NamedTable,
  samples: NamedTable,
  encoding: Encoding | undefined,
): Omit<Always, 'fails'>[] {
  const coded = train.columns.slice(0, mostColumns).flatMap(({ name, cells }): Coded[] => {
    const codes = new Map<number, number>()
    for (const cell of cells) if (!codes.has(cell)) codes.set(cell, codes.size)
    const count = codes.size
    if (count < 2 || count > Math.max(20, train.count / 2)) return []
    const codesOf = (table: NamedTable) =>
      Int32Array.from(columnNamed(table.columns, name).cells, (cell) => codes.get(cell) ?? -1)
    const column = {
      names: [name],
      train: codesOf(train),
      against: codesOf(against),
      samples: codesOf(samples),
      count,
    }
    return shareOf(column.against, (code) => code >= 0) >= leastKnown ? [column] : []
  })
  const pairs = coded.flatMap((a, k) => coded.slice(k + 1).map((b) => [a, b] as const))
  const deciding = (encoding?.relations ?? []).flatMap(({ kind, column, by }) => {
    const [a, b, c] = [...by, column].map((each) => coded.find(({ names }) => names[0] === each))
    return kind === 'look-up' && by.length === 2 && a && b && c ? [[joined(a, b), c] as const] : []
  })
  return [...deciding, ...pairs].flatMap(([a, b]) => combinedBy(a, b) ?? [])
}

/** Two columns as one. */
function joined(a: Coded, b: Coded): Coded {
  const codes = new Map<number, number>()
  const keyAt = (of: 'train' | 'against' | 'samples', i: number) =>
    a[of][i]! < 0 || b[of][i]! < 0 ? -1 : a[of][i]! * b.count + b[of][i]!
  for (const i of a.train.keys()) {
    const key = keyAt('train', i)
    if (!codes.has(key)) codes.set(key, codes.size)
  }
  const codesOf = (of: 'train' | 'against' | 'samples') =>
    Int32Array.from(a[of].keys(), (i) => codes.get(keyAt(of, i)) ?? -1)
  const [train, against, samples] = [codesOf('train'), codesOf('against'), codesOf('samples')]
  return { names: [...a.names, ...b.names], train, against, samples, count: codes.size }
}

/** How often two columns have a combination of the training rows; undefined if that is not nearly always, or often by chance. */
function combinedBy(a: Coded, b: Coded): Omit<Always, 'fails'> | undefined {
  const seen = seenAmong(a.count * b.count)
  for (const [i, code] of a.train.entries()) seen.add(code * b.count + b.train[i]!)
  const shareSeen = (of: 'against' | 'samples', place: (i: number) => number = (i) => i) => {
    let [rows, held] = [0, 0]
    for (const [i, code] of a[of].entries()) {
      const other = b[of][place(i)]!
      if (code < 0 || other < 0) continue
      rows++
      if (seen.has(code * b.count + other)) held++
    }
    return { rows, share: held / rows }
  }
  const real = shareSeen('against')
  if (real.rows < fewestRows || real.share < leastHeld) return undefined
  const dealt = shuffled(a.against.length, 0, 0)
  const byChance = shareSeen('against', (i) => dealt[i]!).share
  if (byChance > mostByChance || (1 - real.share) * timesByChance > 1 - byChance) return undefined
  // what real rows have is not held against samples
  for (const [i, code] of a.against.entries())
    if (code >= 0 && b.against[i]! >= 0) seen.add(code * b.count + b.against[i]!)
  const samples = shareSeen('samples')
  if (samples.rows < fewestRows) return undefined
  const columns = [...a.names, ...b.names]
  const says = `${columns.join(' and ')} go together as in the training rows`
  return { says, columns, real: real.share, samples: samples.share }
}

/** A set of whole numbers below a limit. */
function seenAmong(limit: number): Pick<Set<number>, 'has'> & { add(key: number): void } {
  if (limit > 2 ** 22) return new Set<number>()
  const flags = new Uint8Array(limit)
  return {
    add(key) {
      flags[key] = 1
    },
    has: (key) => flags[key] === 1,
  }
}

function shareOf(codes: Int32Array, is: (code: number) => boolean): number {
  return codes.filter(is).length / Math.max(1, codes.length)
}
