import { counted } from 'moonstep/web'
import type { Schema } from 'moonstep/web/databases'
import { plain } from '../advice.ts'
import { download } from '../download.ts'
import { OtherFile, ReadingBar } from '../sections/data-step.tsx'
import { Problem } from '../sections/problem.tsx'
import { Runs } from '../sections/runs.tsx'
import { isFree } from '../state.ts'
import { openSchema } from './reading.ts'
import { SchemaDrawing } from './schema-drawing.tsx'
import { nameOfTables, view } from './state.ts'
import { TableCard } from './table-card.tsx'

/** The tables, how they meet, and what can be corrected. */
export function TablesStep() {
  const shown = view.value!
  const rows = shown.tables.reduce((sum, table) => sum + table.rows, 0)
  return (
    <section id="data">
      <h2 tabIndex={-1}>
        {nameOfTables.value}{' '}
        <span class="count">
          {counted(shown.tables.length, 'table')}, {rows.toLocaleString('en')} rows
        </span>
      </h2>
      <OtherFile />
      <ReadingBar />
      <Problem at="file" />
      <Runs />
      <h3>Tables</h3>
      <p class="quiet">
        This is how the tables meet, as the names and values of their columns show. You can correct it below.
        Each row is drawn as a child of the row that its first obligatory reference leads to.
      </p>
      <SchemaDrawing view={shown} onTable={goToTable} />
      <SchemaFile schema={shown.schema} />
      <Problem at="tables/schema" />
      <Found lines={shown.notices} />
      {shown.tables.map((table) => (
        <TableCard key={table.name} table={table} />
      ))}
    </section>
  )
}

function goToTable(name: string): void {
  const heading = document.getElementById(`table-${name}`)
  heading?.scrollIntoView({ block: 'start' })
  heading?.focus({ preventScroll: true })
}

/** What was found in the files, a line each, with what else was possible. */
function Found({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <details class="found">
      <summary>What was found, and what else was possible: {counted(lines.length, 'line')}</summary>
      <ul class="notes quiet">
        {lines.map((line) => (
          <li key={line}>{plainOfTables(line)}</li>
        ))}
      </ul>
    </details>
  )
}

/** A line in a page's words: the menus below replace what schema.json would say. */
function plainOfTables(line: string): string {
  return plain(line)
    .replace(
      ', and is no reference as long as schema.json does not say so',
      ', and is none unless you choose it',
    )
    .replace(
      '; another column, or none, can be the order in schema.json',
      '; another column, or none, can be chosen',
    )
    .replace(/; "keep": false in schema\.json makes new ones/, '; new ones are made if you untick it')
}

/** The schema as a file, to save and to open. */
function SchemaFile({ schema }: { readonly schema: Schema }) {
  const save = () => download(`${JSON.stringify(schema, null, 2)}\n`, 'schema.json')
  return (
    <p class="actions">
      <button type="button" class="small" onClick={save}>
        Save schema.json
      </button>
      <label for="schema-file">Open schema.json</label>
      <input
        id="schema-file"
        type="file"
        accept=".json"
        disabled={!isFree()}
        onChange={({ currentTarget }) => {
          const [chosen] = currentTarget.files ?? []
          if (chosen) openSchema(chosen)
          currentTarget.value = ''
        }}
      />
    </p>
  )
}
