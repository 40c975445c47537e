import { useState } from 'preact/hooks'
import { PreviewTable } from '../column-card.tsx'
import { download } from '../download.ts'
import { fail, type Place } from '../problem.ts'
import { NumberField, SeedField } from '../sections/number-field.tsx'
import { Problem } from '../sections/problem.tsx'
import { problemOfCount, problemOfSeed } from '../whole-numbers.ts'
import { counts, drawing, generate, seed, stop } from './asking.ts'
import { inPage } from './errors.ts'
import { currentTables, model, samples, stem } from './state.ts'
import { TablesVerdicts } from './verdicts.tsx'

/** How many rows of the tables without a parent, and the seed; then the rows of each table. */
export function RowsStep() {
  const wrongSeed = problemOfSeed(seed.value)
  const isWrong =
    wrongSeed !== '' || Object.values(counts.value).some((count) => problemOfCount(count) !== '')
  return (
    <section id="ask">
      <h2 tabIndex={-1}>Generate rows</h2>
      <p class="quiet">
        Say how many rows of the tables that belong to no other; rows of all other tables follow from them.
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!isWrong) generate()
        }}
      >
        <div class="fields">
          {Object.keys(model.value!.roots).map((name) => (
            <NumberField
              key={name}
              id={`count-${name}`}
              label={`Rows of ${name}`}
              min={1}
              value={counts.value[name]!}
              wrong={problemOfCount(counts.value[name]!)}
              onValue={(count) => {
                counts.value = { ...counts.value, [name]: count }
              }}
            />
          ))}
          <SeedField
            value={seed.value}
            onValue={(next) => {
              seed.value = next
            }}
          />
        </div>
        <p class="actions">
          <button type="submit" class="main" disabled={drawing.value !== undefined || isWrong}>
            Generate rows
          </button>
          {drawing.value && (
            <>
              <progress value={drawing.value.share} max={1} aria-label="Progress" />
              <button type="button" class="small" onClick={stop}>
                Stop
              </button>
            </>
          )}
        </p>
      </form>
      <Problem at="ask" />
      <TablesVerdicts />
      <Generated />
    </section>
  )
}

/** The rows of one table at a time, next to the download of all. */
function Generated() {
  const [chosen, setChosen] = useState(0)
  const drawn = samples.value
  if (!drawn) return null
  const { name, rows, columns, preview } = drawn.tables[Math.min(chosen, drawn.tables.length - 1)]!
  return (
    <div class="generated">
      <div class="rows-aside">
        <h3>
          Generated rows <span class="count">seed {drawn.seed}</span>
        </h3>
        <SaveTables rows={drawn.id} at="ask" />
      </div>
      <fieldset class="tabs">
        <legend class="hidden">Table to show</legend>
        {drawn.tables.map((table, k) => (
          <button
            key={table.name}
            type="button"
            aria-pressed={table.name === name}
            onClick={() => setChosen(k)}
          >
            {table.name} <span class="quiet">{table.rows.toLocaleString('en')}</span>
          </button>
        ))}
      </fieldset>
      {preview.length < rows && (
        <p class="quiet">The first {preview.length.toLocaleString('en')} rows are shown.</p>
      )}
      <PreviewTable names={columns} cells={preview} title={`Generated rows of ${name}`} />
    </div>
  )
}

/** A button to download the rows of all tables. */
export function SaveTables({ rows, at }: { readonly rows: number; readonly at: Place }) {
  const save = async () => {
    try {
      download(await currentTables().rowsZip(rows), `${stem.value}-synthetic.zip`)
    } catch (error) {
      fail(at, inPage(error))
    }
  }
  return (
    <p class="actions">
      <button type="button" onClick={save}>
        Download all tables
      </button>
      <span class="quiet">as a zip of CSV files</span>
    </p>
  )
}
