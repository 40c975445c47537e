import { busy, count, fill, filled, generate, given, keepsGaps, samples, seed, stop } from '../asking.ts'
import { PreviewTable } from '../column-card.tsx'
import { conditionsOf } from '../commands.ts'
import { model } from '../state.ts'
import { problemOfCount, problemOfSeed } from '../whole-numbers.ts'
import { areComplete, Conditions } from './conditions.tsx'
import { NumberField, SeedField } from './number-field.tsx'
import { Problem } from './problem.tsx'
import { SaveRows } from './save-rows.tsx'
import { ModelVerdicts } from './verdicts.tsx'

/** The number of rows, the seed, and the condition; then the rows, with their downloads. */
export function RowsStep() {
  const [wrongCount, wrongSeed] = [problemOfCount(count.value), problemOfSeed(seed.value)]
  const isComplete = areComplete(given.value)
  const isValid = !wrongCount && !wrongSeed && isComplete
  return (
    <section id="ask">
      <h2 tabIndex={-1}>Generate rows</h2>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (isValid) generate()
        }}
      >
        <div class="fields">
          <NumberField
            id="count"
            label="Rows"
            min={1}
            value={count.value}
            wrong={wrongCount}
            onValue={(next) => {
              count.value = next
            }}
          />
          <SeedField
            value={seed.value}
            onValue={(next) => {
              seed.value = next
            }}
          />
        </div>
        <Conditions />
        <ModelRules />
        <p class="actions">
          <button type="submit" class="main" disabled={busy.value !== undefined || !isValid}>
            Generate rows
          </button>
          {!isValid && (
            <span class="quiet">
              {wrongCount || wrongSeed || 'Say what each fixed column may be, or leave it free.'}
            </span>
          )}
          <Busy what="sample" />
        </p>
      </form>
      <Problem at="ask" />
      <ModelVerdicts />
      <Generated />
      <Fill />
    </section>
  )
}

/** The rows, as many as asked for in a table that scrolls, next to their downloads. */
function Generated() {
  const drawn = samples.value
  if (!drawn) return null
  const shown = drawn.preview.length
  return (
    <div class="generated">
      <div class="rows-aside">
        <h3>
          {drawn.count.toLocaleString('en')} generated rows{' '}
          <span class="count">
            {[
              `seed ${drawn.seed}`,
              ...conditionsOf(drawn.given),
              ...(shown < drawn.count ? [`the first ${shown.toLocaleString('en')} are shown`] : []),
            ].join(', ')}
          </span>
        </h3>
        <SaveRows of="samples" rows={drawn.id} label="Download rows" at="ask" />
      </div>
      {drawn.warnings.map((warning) => (
        <p key={warning} class="problem">
          {warning}
        </p>
      ))}
      <PreviewTable names={drawn.columns} cells={drawn.preview} title="Preview of the generated rows" />
    </div>
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
      {model.value!.hasGapsByDesign && (
        <label class="check">
          <input
            type="checkbox"
            checked={keepsGaps.value}
            onChange={({ currentTarget }) => {
              keepsGaps.value = currentTarget.checked
            }}
          />{' '}
          leave cells empty where rows like theirs are empty
        </label>
      )}
      <Problem at="fill" />
      {filled.value && (
        <>
          {filled.value.warnings.map((warning) => (
            <p key={warning} class="problem">
              {warning}
            </p>
          ))}
          <SaveRows of="filled" rows={filled.value.id} label="Download filled file" at="fill" />
          <p class="legend">
            <span class="key">
              <mark>cells</mark> that were filled
            </span>
          </p>
          <PreviewTable
            names={filled.value.columns}
            cells={filled.value.preview}
            marks={filled.value.marks}
            title="Preview of the filled file"
          />
        </>
      )}
    </details>
  )
}
