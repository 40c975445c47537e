import { counted } from 'moonstep/web'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { TablesView } from '../worker/tables-views.ts'
import { type Box, layOut, size } from './layout.ts'
import { sayReferences } from './schema-changes.ts'

/** The tables as boxes, with a line for each reference; a box leads to what can be said of its table. */
export function SchemaDrawing({
  view: { schema, tables },
  onTable,
}: {
  readonly view: TablesView
  readonly onTable: (name: string) => void
}) {
  const [available, box] = useWidth()
  const order = tables.map(({ name }) => name)
  const { width, height, boxes, lines } = layOut(schema, order, available)
  return (
    <div class="drawing" ref={box}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldset */}
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={`${counted(tables.length, 'table')}, and how they refer to each other`}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8Z" />
          </marker>
        </defs>
        {lines.map(({ from, to, path, optional }) => (
          <path
            key={`${from} ${to} ${path}`}
            class={optional ? 'line optional' : 'line'}
            d={path}
            marker-end="url(#arrow)"
          />
        ))}
        {boxes.map((each) => (
          <TableBox
            key={each.name}
            box={each}
            says={sayTable(schema, each.name)}
            onChoose={() => onTable(each.name)}
          />
        ))}
      </svg>
      <p class="quiet legend-of-lines">
        An arrow leads from a column to the table whose key it holds; a dashed one may be missing.
      </p>
    </div>
  )
}

/** A table's box in a sentence, for those who can't see the lines. */
function sayTable(schema: TablesView['schema'], name: string): string {
  const { key } = schema.tables[name]!
  return [`${name}: ${key ? `key ${key.join(', ')}` : 'no key'}`, ...sayReferences(schema, name)].join('; ')
}

interface TableBoxProps {
  readonly box: Box
  readonly says: string
  readonly onChoose: () => void
}

function TableBox({ box: { name, x, y, height, columns, more }, says, onChoose }: TableBoxProps) {
  const left = x + size.pad
  const right = x + size.width - size.pad
  const baseOf = (k: number) => y + size.pad + size.line * (1.3 + k + 0.72)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing has no button
    <g
      role="button"
      tabIndex={0}
      aria-label={says}
      class="box"
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        onChoose()
      }}
    >
      <rect x={x} y={y} width={size.width} height={height} rx="6" />
      <text class="head" x={left} y={y + size.pad + 0.85 * size.line}>
        {shortened(name, 19)}
      </text>
      {columns.map((column, k) => (
        <g key={column.name}>
          <text class={column.isKey || column.refers ? undefined : 'other'} x={left} y={baseOf(k)}>
            {shortened(column.name, column.isKey || column.refers ? 16 : 22)}
          </text>
          {(column.isKey || column.refers) && (
            <text class="mark" x={right} y={baseOf(k)} text-anchor="end">
              {column.isKey ? 'key' : 'refers'}
            </text>
          )}
        </g>
      ))}
      {more > 0 && (
        <text class="other" x={left} y={baseOf(columns.length)}>
          and {more} more
        </text>
      )}
    </g>
  )
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** The width of an element, followed as it changes. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(600)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width))
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])
  return [width, box] as const
}
