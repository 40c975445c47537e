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
 * Places tables in rows, those that others refer to above these, with a line for each reference.
 *
 * @param order - The tables' names, parents first.
 * @param available - The width that there is, in CSS pixels.
 */
export function layOut({ tables }: Schema, order: readonly string[], available: number): Drawing {
  const perRow = Math.max(1, Math.floor((available + size.gap) / (size.width + size.gap)))
  const depths = new Map<string, number>()
  for (const name of order) {
    const above = tables[name]!.references.flatMap(({ table }) => depths.get(table) ?? [])
    depths.set(name, above.length > 0 ? 1 + Math.max(...above) : 0)
  }
  const rows = rowsOf(order, depths, perRow)
  const boxes: Box[] = []
  let y = 4
  for (const row of rows) {
    const placed = row.map((name, k) => ({
      ...boxOf(tables[name]!),
      name,
      x: 4 + k * (size.width + size.gap),
      y,
    }))
    boxes.push(...placed)
    y += Math.max(...placed.map(({ height }) => height)) + size.rise
  }
  const widest = Math.max(...rows.map(({ length }) => length))
  return {
    // room for lines that pass by at the right
    width: 8 + widest * (size.width + size.gap),
    height: y - size.rise + 8,
    boxes,
    lines: linesOf(tables, boxes),
  }
}

/** Tables of the same depth beside each other, as many as there is room for. */
function rowsOf(order: readonly string[], depths: ReadonlyMap<string, number>, perRow: number): string[][] {
  const rows: string[][] = []
  for (let depth = 0; depth <= Math.max(...depths.values()); depth++) {
    const level = order.filter((name) => depths.get(name) === depth)
    for (let k = 0; k < level.length; k += perRow) rows.push(level.slice(k, k + perRow))
  }
  return rows
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

function linesOf(tables: Schema['tables'], boxes: readonly Box[]): Line[] {
  const boxNamed = (name: string) => boxes.find((box) => box.name === name)!
  return boxes.flatMap((box) =>
    tables[box.name]!.references.map(({ columns, table, optional }, k) => {
      const index = box.columns.findIndex(({ name }) => name === columns[0])
      const start = box.y + size.pad + size.line * (1.3 + Math.max(0, index) + 0.5)
      return {
        from: box.name,
        to: table,
        optional,
        path: pathBetween(box, boxNamed(table), start, k),
      }
    }),
  )
}

/** From the side of a column to the table's head, around other boxes by the free room at the sides. */
function pathBetween(from: Box, to: Box, start: number, index: number): string {
  const end = to.y + size.pad + 0.65 * size.line
  const out = 10 + 5 * (index % 4)
  if (from.x === to.x) {
    const x = from.x + size.width
    return `M${x} ${start}h${out}V${end}h${-out}`
  }
  // from the side that is nearer
  const isRight = to.x > from.x
  const [x, side] = isRight ? [from.x + size.width, 1] : [from.x, -1]
  const target = isRight ? to.x : to.x + size.width
  return `M${x} ${start}h${side * out}V${from.y - 12 - 5 * (index % 4)}H${target - side * 12}V${end}h${side * 12}`
}
