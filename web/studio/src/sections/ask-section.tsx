import type { ColumnHistogram } from 'moonstep/web'
import { busy, count, fill, filled, generate, given, seed, setGiven, stop } from '../asking.ts'
import { PreviewTable } from '../column-card.tsx'
import { model, phase, table } from '../state.ts'
import { SaveRows } from './save-rows.tsx'

const maxSeed = 0xffffffff

/** The number of rows, the seed, and the condition. */
export function AskSection() {
  if (!model.value || phase.value !== 'trained') return null
  const isValid = Number.isInteger(count.value) && count.value >= 1
  return (
    <section id="ask">
      <h2>Ask for new ones</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          generate()
        }}
      >
        <div class="fields">
          <p class="field">
            <label for="count">Rows</label>
            <input
              id="count"
              type="number"
              min="1"
              step="1"
              required
              value={count.value}
              onInput={({ currentTarget }) => {
                count.value = currentTarget.valueAsNumber
              }}
            />
          </p>
          <p class="field">
            <label for="seed">Seed</label>
            <input
              id="seed"
              type="number"
              min="0"
              max={maxSeed}
              step="1"
              required
              value={seed.value}
              onInput={({ currentTarget }) => {
                seed.value = currentTarget.valueAsNumber
              }}
            />
          </p>
        </div>
        <Conditions />
        <p class="actions">
          <button type="submit" class="main" disabled={busy.value !== undefined || !isValid}>
            Generate rows
          </button>
          <Busy what="sample" />
        </p>
      </form>
      <Fill />
    </section>
  )
}

/** Progress of the current task, and a way to stop it. */
export function Busy({ what }: { readonly what: 'sample' | 'fill' | 'report' }) {
  if (busy.value?.what !== what) return null
  return (
    <>
      <progress value={busy.value.share} max={1} aria-label="Progress" />
      <button type="button" class="small" onClick={stop}>
        Stop
      </button>
    </>
  )
}

function Conditions() {
  const { columns } = table.value!
  const names = Object.keys(given.value)
  const views = new Map(columns.map((view) => [view.column.name, view]))
  const free = columns.filter(({ column }) => !names.includes(column.name) && column.kind !== 'key')
  return (
    <fieldset class="conditions">
      <legend>Known values of each row</legend>
      {names.map((name) => (
        <Condition key={name} view={views.get(name)!} />
      ))}
      {free.length > 0 && (
        <p class="field">
          <label for="add">Fix a column</label>
          <select
            id="add"
            value=""
            onChange={({ currentTarget }) => {
              const { column, typical } = views.get(currentTarget.value)!
              setGiven(column.name, typical)
            }}
          >
            <option value="">{names.length === 0 ? 'none: all are free' : 'no other'}</option>
            {free.map(({ column }) => (
              <option key={column.name} value={column.name}>
                {column.name}
              </option>
            ))}
          </select>
        </p>
      )}
    </fieldset>
  )
}

function Condition({ view: { column, says } }: { readonly view: ColumnHistogram }) {
  const { name, categories, kind } = column
  const value = given.value[name]!
  const hasGaps = model.value!.gaps[name]
  const id = `given-${name}`
  return (
    <p class="field condition">
      <label for={id}>{name}</label>
      {categories ? (
        <select
          id={id}
          value={String(value)}
          onChange={({ currentTarget }) => setGiven(name, currentTarget.value)}
        >
          {categories.map((category) => (
            <option key={category} value={category}>
              {category}
            </option>
          ))}
          {hasGaps && <option value="">(missing)</option>}
        </select>
      ) : (
        <input
          id={id}
          type="text"
          inputMode={kind === 'date' ? 'text' : 'decimal'}
          title={says}
          required={!hasGaps}
          placeholder="missing"
          value={value === null ? '' : String(value)}
          onInput={({ currentTarget }) => setGiven(name, currentTarget.value)}
        />
      )}
      <button
        type="button"
        class="small"
        aria-label={`Leave ${name} free`}
        onClick={() => setGiven(name, undefined)}
      >
        ×
      </button>
    </p>
  )
}

/** A second file whose gaps are filled. */
function Fill() {
  return (
    <details class="fill">
      <summary>Fill the gaps of another file</summary>
      <p class="quiet">
        Choose a file with the same columns and empty cells: each is filled to fit the rest of its row. Other
        cells stay unchanged.
      </p>
      <p class="field">
        <label for="gaps">File with gaps</label>
        <input
          id="gaps"
          type="file"
          accept=".csv,.tsv,.txt,.json,.jsonl,.parquet,.gz"
          disabled={busy.value !== undefined}
          onChange={({ currentTarget }) => {
            const [chosen] = currentTarget.files ?? []
            if (chosen) fill(chosen)
            currentTarget.value = ''
          }}
        />
        <Busy what="fill" />
      </p>
      {filled.value && (
        <>
          <PreviewTable
            names={filled.value.columns}
            cells={filled.value.preview}
            title="Preview of the filled file"
          />
          <SaveRows of="filled" label="Download filled file" />
        </>
      )}
    </details>
  )
}
