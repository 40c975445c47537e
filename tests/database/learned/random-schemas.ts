/** Small databases of random tables and references, for properties that hold of all. */
import type { Reference, Schema, TableSchema } from '../../../src/database/schema.ts'
import { shuffled, uniforms } from '../../../src/numerics/random.ts'

type Row = Record<string, string | number | null>

export interface SmallDatabase {
  readonly schema: Schema
  readonly tables: Readonly<Record<string, readonly Row[]>>
}

interface Draft {
  readonly name: string
  readonly count: number
  /** Whether its key is its first two references. */
  readonly isLink: boolean
  readonly isReferenceData: boolean
  /** How many columns it has in addition to its key and references. */
  readonly values: number
  readonly references: readonly Reference[]
}

/**
 * Two to five tables of 1 to 30 rows: of references that lead anywhere, their own table included, most of those that lead forward
 * optional; of columns with values or none; some with a key of two references, and some of reference data.
 */
export function randomDatabase(seed: number): SmallDatabase {
  let step = 0
  const next = () => uniforms({ seed, stream: 0, step: step++, start: 0, count: 1, dim: 1 })[0]!
  const below = (count: number) => Math.floor(count * next())
  const shapes = Array.from({ length: 2 + below(4) }, (_, t) => ({
    name: `t${t}`,
    count: next() < 0.2 ? 1 + below(2) : 6 + below(25),
    isLink: t > 0 && next() < 0.15,
    isReferenceData: next() < 0.15,
    values: below(3),
  }))
  const drafts = shapes.map((shape, t): Draft => {
    const others = shapes.filter(({ isLink }) => !isLink)
    const references = Array.from({ length: shape.isLink ? 2 + below(2) : below(4) }, (_, k): Reference => {
      const isOfKey = shape.isLink && k < 2
      const { name } = isOfKey
        ? others[below(others.filter((each) => shapes.indexOf(each) < t).length)]!
        : others[below(others.length)]!
      const isBack = Number(name.slice(1)) >= t
      return { columns: [`r${k}`], table: name, optional: !isOfKey && next() < (isBack ? 0.92 : 0.5) }
    })
    return { ...shape, references }
  })
  const countOf = (name: string) => drafts.find((each) => each.name === name)!.count
  const rowsOf = ({ isLink, count, values, references }: Draft): Row[] => {
    const ends = references.map(({ table }) => countOf(table))
    const rows = isLink
      ? pairs(seed, ends[0]!, ends[1]!)
      : Array.from({ length: count }, (_, i): Row => ({ id: i + 1 }))
    for (const row of rows) {
      for (const [k, { columns, optional }] of references.entries())
        row[columns[0]!] ??= optional && next() < 0.3 ? null : 1 + below(ends[k]!)
      if (values > 0) row.kind = ['a', 'b', 'c'][below(3)]!
      if (values > 1) row.size = Math.round(1000 * next()) / 8
    }
    return rows
  }
  return {
    tables: Object.fromEntries(drafts.map((draft) => [draft.name, rowsOf(draft)])),
    schema: { format: 1, tables: Object.fromEntries(drafts.map((draft) => [draft.name, schemaOf(draft)])) },
  }
}

function schemaOf({ isLink, isReferenceData, values, references }: Draft): TableSchema {
  return {
    columns: {
      ...(!isLink && { id: 'key' }),
      ...Object.fromEntries(references.map(({ columns }) => [columns[0]!, 'integer'] as const)),
      ...(values > 0 && { kind: 'category' }),
      ...(values > 1 && { size: 'number' }),
    },
    key: isLink ? ['r0', 'r1'] : ['id'],
    references,
    ...(isReferenceData && { keep: true }),
  }
}

/** Half of the pairs of rows of two tables, or 20 of them. */
function pairs(seed: number, first: number, second: number): Row[] {
  const count = Math.min(20, Math.ceil((first * second) / 2))
  const some = shuffled(first * second, seed, 0).slice(0, count)
  return Array.from(some, (k) => ({ r0: 1 + (k % first), r1: 1 + Math.floor(k / first) }))
}
