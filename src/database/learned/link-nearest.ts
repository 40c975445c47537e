import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { indicesWhere } from '../../measure/statistics.ts'
import { shuffled } from '../../numerics/random.ts'
import { textsOf } from '../../table/columns.ts'
import { gathered } from '../../table/table.ts'
import { parentOf } from '../parent.ts'
import type { Schema } from '../schema.ts'
import { countName } from './counts.ts'
import { translated } from './draw-rows.ts'
import type { Drawn } from './drawn.ts'
import { nearestRows, type Wanted } from './nearest.ts'
import type { Plans } from './plan.ts'
import { isSetName, saidKeys, wantedPrefix } from './rows.ts'

interface Linking {
  readonly schema: Schema
  readonly plans: Plans
  readonly drawn: ReadonlyMap<string, Drawn>
  readonly name: string
  /** The index of the reference. */
  readonly reference: number
  readonly seed: number
}

/** How much another name counts, and another part of the key. */
const [ofName, ofKey] = [2, 10]

/**
 * The rows that a reference leads to, by what was drawn of them: the nearest, each about as often as it counts its rows.
 *
 * @returns By row, the row of the other table, -1 where there is none.
 */
export function nearestLinks(linking: Linking): Int32Array {
  const { schema, plans, drawn, name, reference, seed } = linking
  const { columns, table, optional } = schema.tables[name]!.references[reference]!
  const [child, target] = [drawn.get(name)!, drawn.get(table)!]
  const isSet = child.learned.find(({ name }) => name === isSetName(columns))
  const rows = [...indicesWhere(child.count, (i) => !isSet || isSet.cells[i] === 1)]
  const links = new Int32Array(child.count).fill(-1)
  if (rows.length === 0 || (target.count === 0 && optional)) return links
  if (target.count === 0) throw noRowOf(name, table)
  const { key = [] } = schema.tables[table]!
  const wanted = target.learned.flatMap((there): Wanted['columns'][number][] => {
    const wantedColumn = child.learned.find(({ name }) => name === `${wantedPrefix(columns)}${there.name}`)
    if (!wantedColumn) return []
    const weight = key.includes(there.name) ? ofKey : ofName
    return [{ wanted: translated(wantedColumn, there), there, weight }]
  })
  const counting = countName(schema.tables, name, reference)
  const capacity =
    target.learned.find(({ name }) => name === counting)?.cells ?? plans[table]!.counts?.[counting] ?? []
  const take = (some: readonly number[], there: readonly number[], of: ArrayLike<number> = capacity) => {
    const chosen = nearestRows({ columns: wanted, rows: some, there, capacity: of, seed })
    for (const [k, i] of some.entries()) links[i] = chosen[k]!
  }
  if (table === name)
    takeAbove(rows, child.count, capacity, { seed, allowsMissing: isSet !== undefined }, take)
  else for (const block of blocksOf(linking, rows)) take(block.rows, block.there)
  const parent = parentOf(schema, name)
  const ofReferences = [...columns, ...(parent?.reference.columns ?? [])]
  return parent && schema.tables[name]!.key?.every((column) => ofReferences.includes(column))
    ? withoutRepeats(links, child.links[parent.index]!, target.count)
    : links
}

/** A table whose rows need one of another, of which there is none. */
export function noRowOf(name: string, table: string): InputError {
  return new InputError(
    `table ${printable(name)} refers to ${printable(table)}, of which no row is drawn: draw some`,
    'out-of-range',
  )
}

/**
 * Rows of a table that refers to itself take rows that have their own already, level by level from those without one, so that
 * none is above itself.
 */
function takeAbove(
  rows: readonly number[],
  count: number,
  capacity: ArrayLike<number>,
  { seed, allowsMissing }: { readonly seed: number; readonly allowsMissing: boolean },
  take: (rows: readonly number[], there: readonly number[], capacity?: ArrayLike<number>) => void,
): void {
  const isBelow = new Set(rows)
  let level = [...indicesWhere(count, (i) => !isBelow.has(i))]
  let waiting = Array.from(shuffled(rows.length, seed, 2), (k) => rows[k]!)
  const placed = [...level]
  if (level.length === 0) {
    // somebody must be at the top
    const [first] = waiting
    if (!allowsMissing) take([first!], [first!])
    waiting = waiting.slice(1)
    level = [first!]
    placed.push(first!)
  }
  while (waiting.length > 0) {
    const room = level.reduce((sum, i) => sum + Math.max(0, Math.round(capacity[i] ?? 0)), 0)
    const next = room === 0 ? waiting : waiting.slice(0, room)
    take(next, room === 0 ? placed : level, room === 0 ? new Float64Array(count).fill(1) : capacity)
    waiting = waiting.slice(next.length)
    level = next
    placed.push(...next)
  }
}

/** Rows, with those of the other table that have what is known of its key: equal, or as near as there is by the order. */
function blocksOf({ schema, plans, drawn, name, reference }: Linking, rows: readonly number[]) {
  const { table, columns } = schema.tables[name]!.references[reference]!
  const [child, target] = [drawn.get(name)!, drawn.get(table)!]
  const all = [...target.numbers.keys()]
  const shared = saidKeys({ schema }, plans, name, reference)
  if (shared.length === 0) return [{ rows, there: all }]
  const { order } = schema.tables[name]!
  const parent = parentOf(schema, name)!
  const values = shared.map(({ own: column, key }) => {
    const theirs = target.columns.get(key)!
    if (column === order) {
      const sorted = Float64Array.from(new Set(theirs.cells)).sort()
      const own = Array.from(child.learned[0]!.cells, (cell) => String(closest(sorted, cell)))
      return { own, there: Array.from(theirs.cells, String) }
    }
    const ofParent = schema.tables[parent.reference.table]!.key![parent.reference.columns.indexOf(column)]!
    const parents = drawn.get(parent.reference.table)!.columns.get(ofParent)!
    return { own: textsOf(gathered(parents, child.links[parent.index]!)), there: textsOf(theirs) }
  })
  const keyOf = (side: 'own' | 'there', i: number) => values.map((each) => each[side][i]).join('\n')
  const blocks = new Map<string, { rows: number[]; there: number[] }>()
  for (const i of rows) {
    const block = blocks.get(keyOf('own', i)) ?? { rows: [], there: [] }
    blocks.set(keyOf('own', i), block)
    block.rows.push(i)
  }
  for (const j of all) blocks.get(keyOf('there', j))?.there.push(j)
  for (const [text, { there }] of blocks)
    if (there.length === 0)
      throw new InputError(
        `table ${printable(name)}: no row of ${printable(table)} has ${columns.map(printable).join(', ')} = ${printable(text.replaceAll('\n', ', '))}: draw more of its rows`,
        'out-of-range',
      )
  return [...blocks.values()]
}

function closest(sorted: Float64Array, x: number): number {
  let best = sorted[0]!
  for (const each of sorted) if (Math.abs(each - x) < Math.abs(best - x)) best = each
  return best
}

/**
 * Links by which rows of one parent have different rows of the other table, by exchange with another row or by the next that is free, as
 * long as there are enough of them.
 */
function withoutRepeats(repeating: Int32Array, parents: Int32Array, others: number): Int32Array {
  const links = repeating.slice()
  const taken = new Map<number, Set<number>>()
  const ofParent = (parent: number) => {
    const rows = taken.get(parent) ?? new Set<number>()
    taken.set(parent, rows)
    return rows
  }
  const repeats: number[] = []
  for (const [i, link] of links.entries()) {
    const rows = ofParent(parents[i]!)
    if (link >= 0 && rows.has(link)) repeats.push(i)
    else rows.add(link)
  }
  const isRepeat = new Set(repeats)
  for (const i of repeats) {
    const rows = ofParent(parents[i]!)
    const exchange = links.findIndex(
      (link, j) => !isRepeat.has(j) && link >= 0 && !rows.has(link) && !ofParent(parents[j]!).has(links[i]!),
    )
    if (exchange >= 0) {
      const [link, other] = [links[i]!, links[exchange]!]
      ofParent(parents[exchange]!).delete(other)
      ofParent(parents[exchange]!).add(link)
      links[exchange] = link
      links[i] = other
    } else {
      let free = 0
      while (rows.has(free)) free++
      if (free >= others) continue
      links[i] = free
    }
    rows.add(links[i]!)
    isRepeat.delete(i)
  }
  return links
}
