import type { Schema } from 'moonstep/web/databases'

/** The size of a box, its lines of text, and the room between boxes, in CSS pixels. */
export const size = { width: 168, line: 19, pad: 9, gap: 34, rise: 46 } as const

/** The most columns that a box names. */
export const mostColumns = 7

export interface Box {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly height: number
  /** Those of the key and of references first. */
  readonly columns: readonly { readonly name: string; readonly isKey: boolean; readonly refers: boolean }[]
  /** How many columns are not named. */
  readonly more: number
}

/** A reference, from the line of its column to the table that it leads to. */
export interface Line {
  readonly from: string
  readonly to: string
  readonly optional: boolean
  readonly path: string
}

export interface Drawing {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
}

/**
 * Places tables by their references: from left to right if there is room, those that others refer to at the left, or else from top to
 * bottom, with a line for each reference.
 *
 * @param order - The tables' names, parents first.
 * @param available - The width that there is, in CSS pixels.
 */
export function layOut({ tables }: Schema, order: readonly string[], available: number): Drawing {
  const levels = levelsOf(tables, order)
  const pitch = size.width + size.gap
  const isWide = levels.length > 1 && edge + levels.length * pitch <= available
  const perRow = Math.max(1, Math.floor((available + size.gap) / pitch))
  const boxes = isWide
    ? stacked(tables, levels)
    : inRows(
        tables,
        levels.flatMap((level) => slices(level, perRow)),
      )
  return {
    // room for lines that pass by at the right
    width: Math.max(...boxes.map(({ x }) => x)) + pitch,
    height: Math.max(...boxes.map(({ y, height }) => y + height)) + edge,
    boxes,
    lines: linesOf(tables, boxes, isWide),
  }
}

/** The room around the boxes, and that for lines above those that stand side by side. */
const [edge, above] = [4, 34]

/** Tables by the number of references that lead on from them. */
function levelsOf(tables: Schema['tables'], order: readonly string[]): string[][] {
  const depths = new Map<string, number>()
  const levels: string[][] = []
  for (const name of order) {
    const before = tables[name]!.references.flatMap(({ table }) => depths.get(table) ?? [])
    const depth = before.length > 0 ? 1 + Math.max(...before) : 0
    depths.set(name, depth)
    levels[depth] = [...(levels[depth] ?? []), name]
  }
  return levels
}

function slices(names: readonly string[], most: number): string[][] {
  const count = Math.ceil(names.length / most)
  return Array.from({ length: count }, (_, k) => names.slice(k * most, (k + 1) * most))
}

/** A level below the other. */
function inRows(tables: Schema['tables'], rows: readonly (readonly string[])[]): Box[] {
  let y: number = edge
  return rows.flatMap((row) => {
    const boxes = row.map((name, k): Box => {
      return { ...boxOf(tables[name]!), name, x: edge + k * (size.width + size.gap), y }
    })
    y += Math.max(...boxes.map(({ height }) => height)) + size.rise
    return boxes
  })
}

/** A level next to the other. */
function stacked(tables: Schema['tables'], levels: readonly (readonly string[])[]): Box[] {
  return levels.flatMap((level, k) => {
    let y: number = above
    return level.map((name): Box => {
      const box = { ...boxOf(tables[name]!), name, x: edge + k * (size.width + size.gap), y }
      y += box.height + size.rise / 2
      return box
    })
  })
}

function boxOf({
  columns,
  key = [],
  references,
}: Schema['tables'][string]): Pick<Box, 'columns' | 'more' | 'height'> {
  const referring = new Set(references.flatMap((reference) => reference.columns))
  const names = Object.keys(columns)
  const isFirst = (name: string) => key.includes(name) || referring.has(name)
  const all = [...names.filter(isFirst), ...names.filter((name) => !isFirst(name))]
  const shown = all.slice(0, mostColumns).map((name) => ({
    name,
    isKey: key.includes(name),
    refers: referring.has(name),
  }))
  const more = all.length - shown.length
  return {
    columns: shown,
    more,
    height: 2 * size.pad + size.line * (1.3 + shown.length + Number(more > 0)),
  }
}

function linesOf(tables: Schema['tables'], boxes: readonly Box[], isWide: boolean): Line[] {
  const boxNamed = (name: string) => boxes.find((box) => box.name === name)!
  return boxes.flatMap((from) =>
    tables[from.name]!.references.map(({ columns, table, optional }, k) => {
      const to = boxNamed(table)
      const index = from.columns.findIndex(({ name }) => name === columns[0])
      const ends = {
        start: from.y + size.pad + size.line * (1.3 + Math.max(0, index) + 0.5),
        end: to.y + size.pad + 0.65 * size.line,
      }
      const path = pathBetween(from, to, ends, 5 * (k % 4), isWide)
      return { from: from.name, to: table, optional, path }
    }),
  )
}

/** From the side of a column to the table's head, around other boxes by the free room between them; `shift` keeps lines apart. */
function pathBetween(
  from: Box,
  to: Box,
  { start, end }: { readonly start: number; readonly end: number },
  shift: number,
  isWide: boolean,
): string {
  const out = 10 + shift
  if (from.x === to.x) return `M${from.x + size.width} ${start}h${out}V${end}h${-out}`
  // from the side that is nearer
  const isRight = to.x > from.x
  const [x, side] = isRight ? [from.x + size.width, 1] : [from.x, -1]
  const target = isRight ? to.x : to.x + size.width
  const isAdjacent = Math.abs(to.x - from.x) < 2 * (size.width + size.gap)
  if (isWide && isAdjacent) return `M${x} ${start}h${side * out}V${end}H${target}`
  const free = isWide ? edge + 4 + shift : from.y - 12 - shift
  return `M${x} ${start}h${side * out}V${free}H${target - side * 12}V${end}h${side * 12}`
}
