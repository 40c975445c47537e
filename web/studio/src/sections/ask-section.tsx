import { busy, count, fill, filled, generate, given, seed, stop } from '../asking.ts'
import { PreviewTable } from '../column-card.tsx'
import { model, phase } from '../state.ts'
import { areComplete, Conditions } from './conditions.tsx'
import { SaveRows } from './save-rows.tsx'

const maxSeed = 0xffffffff

/** The number of rows, the seed, and the condition. */
export function AskSection() {
  if (!model.value || phase.value !== 'trained') return null
  const isValid = Number.isInteger(count.value) && count.value >= 1 && areComplete(given.value)
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
        <ModelRules />
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

/** The rules that the model keeps. */
function ModelRules() {
  const { rules } = model.value!
  if (rules.length === 0) return null
  return (
    <>
      <p class="quiet">Every row meets these rules:</p>
      <ul class="stated">
        {rules.map((rule) => (
          <li key={rule}>
            <code>{rule}</code>
          </li>
        ))}
      </ul>
    </>
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
