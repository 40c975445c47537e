/**
 * Child groups: the rows of a parent together. Rows that are drawn one after the other come close to real ones each, but less so
 * together: a sum, an extreme, a trend. So several groups of each parent are drawn, and one of them is taken, by the odds that
 * boosted trees give it to be real, of what its rows come to (docs/formulation.md, "Several tables").
 */
import { type Candidates, chosenCandidates, oddsIn } from '../../model/candidates.ts'
import { streams, uniforms } from '../../numerics/random.ts'
import { hashOf } from '../../table/inference/cells.ts'
import { columnCells, type NamedTable, type TableColumn } from '../../table/table.ts'
import { summedRows } from '../measured/child-groups.ts'

interface GroupNames {
  readonly parent: string
  readonly child: string
  /** The children's column by which they follow each other. */
  readonly order?: string | undefined
}

/**
 * What the rows of each parent come to, in addition to the parent's own columns.
 *
 * @param links - By child, the row of its parent; -1 without one.
 */
export function summed(
  parents: readonly TableColumn[],
  children: readonly TableColumn[],
  links: Int32Array,
  { parent, child, order }: GroupNames,
): NamedTable {
  return summedRows({
    parents: { name: parent, columns: parents, count: parents[0]?.cells.length ?? 0 },
    children: { name: child, columns: children, count: links.length },
    links,
    order,
  })
}

/** Drawn rows: whose they are, by the number of their group, what is shown of them, and their numbers. */
export interface GroupPart {
  readonly who: Int32Array
  readonly rows: readonly TableColumn[]
  readonly numbers: Float64Array
}

export interface DrawnGroups {
  /** The columns of the parent of each group: those of the first candidates of all parents, then of the second. */
  readonly parents: readonly TableColumn[]
  readonly parts: readonly GroupPart[]
  /** How many rows each group has, which may be fewer than it should. */
  readonly lengths: Float64Array
  /** By parent, its number, of which the choice is a function, in addition to the seed. */
  readonly numbers: Float64Array
}

/** Returns a function that says which of its groups each parent takes: one of the largest, by the odds of the trees. */
export function groupChooser(
  groups: Candidates,
  { seed, ...names }: GroupNames & { readonly seed: number },
): (drawn: DrawnGroups) => Uint8Array {
  return ({ parents, parts, lengths, numbers }) => {
    const count = numbers.length
    const rows = parts.reduce((sum, { who }) => sum + who.length, 0)
    const columns = parts[0]!.rows.map((column, d) => {
      const cells = parts.map((part) => part.rows[d]!.cells)
      return { ...column, cells: joined(cells, new Float64Array(rows)) }
    })
    const links = joined(
      parts.map(({ who }) => who),
      new Int32Array(rows),
    )
    const table = summed(parents, columns, links, names)
    const all = oddsIn(groups, table.columns)(columnCells(table))
    const indexes = Array.from({ length: groups.count }, (_, c) => c)
    const largest = Float64Array.from(numbers, (_, k) =>
      Math.max(...indexes.map((c) => lengths[c * count + k]!)),
    )
    const odds = indexes.map((c) =>
      Float64Array.from(numbers, (_, k) => (lengths[c * count + k] === largest[k] ? all[c * count + k]! : 0)),
    )
    const drawOf = { seed, stream: streams.candidates, step: 0, count: 1, dim: 1 } as const
    const uniform = Float64Array.from(
      numbers,
      (number) => uniforms({ ...drawOf, start: hashOf(`${number}/family`) })[0]!,
    )
    return chosenCandidates(odds, uniform)
  }
}

/** Writes typed arrays one after the other; returns where. */
export function joined<A extends Int32Array | Float64Array>(parts: readonly A[], all: A): A {
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
