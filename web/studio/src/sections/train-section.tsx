import { humanSeconds } from 'moonstep/web'
import { ColumnCard, Legend, PreviewTable } from '../column-card.tsx'
import { languageOf, languages } from '../languages.ts'
import {
  canChoose,
  goOn,
  goOnForLonger,
  isFree,
  pause,
  phase,
  setLanguage,
  staysWhenClosed,
  table,
  threads,
  train,
  training,
} from '../state.ts'
import { KindMenu } from './kind-menu.tsx'
import { Rules } from './rules.tsx'

/** One button; then the progress, the loss and the time left. */
export function TrainSection() {
  if (!table.value) return null
  const at = phase.value
  const progress = training.progress.value
  const { name, rows } = table.value
  return (
    <section id="train">
      <h2>
        {name} <span class="count">{rows.toLocaleString('en')} rows</span>
      </h2>
      <p class="quiet">
        A small network learns how these columns depend on each other. Some rows are held out, to judge the
        result by rows that the model has not seen. {threads === 1 && oneThread()}
      </p>
      <div class={at === 'training' ? 'run is-running' : 'run'}>
        <p class="actions">
          {at !== 'training' && at !== 'paused' && canChoose() && (
            <button type="button" class="main" disabled={at !== 'read' && at !== 'trained'} onClick={train}>
              {progress ? 'Train again' : 'Train'}
            </button>
          )}
          {at === 'training' && (
            <button type="button" class="main" onClick={pause}>
              Pause
            </button>
          )}
          {at === 'paused' && (
            <button type="button" class="main" onClick={goOn}>
              Continue
            </button>
          )}
          {at === 'trained' && (
            <button type="button" onClick={goOnForLonger}>
              Train longer
            </button>
          )}
          <TimeLeft />
        </p>
        {progress && <progress value={progress.step} max={progress.steps} aria-label="Training progress" />}
        {progress && <LossCurve />}
      </div>
      {at === 'paused' && staysWhenClosed.value && (
        <p class="quiet">
          The run is stored in this browser: you can close the tab and continue another day.
        </p>
      )}
      <Rules />
      <Language />
      <Columns />
    </section>
  )
}

/** The columns of the data and of current samples. */
function Columns() {
  const { columns, preview } = table.value!
  const locale = languageOf(table.value!.columns)
  const live = phase.value === 'training' || phase.value === 'paused' ? training.samples.value : undefined
  return (
    <>
      <Legend
        of={[
          ['real', 'your file'],
          ...(live ? ([['samples', 'what the model generates so far']] as const) : []),
        ]}
      />
      <div class="cards">
        {columns.map((view, d) => (
          <ColumnCard key={view.column.name} view={view} drawn={{ real: view.real, samples: live?.[d] }}>
            {canChoose() && phase.value !== 'training' && (
              <KindMenu name={view.column.name} column={view.column} locale={locale} />
            )}
          </ColumnCard>
        ))}
      </div>
      <details>
        <summary>The first rows as read</summary>
        <PreviewTable
          names={columns.map(({ column }) => column.name)}
          cells={preview}
          title="Preview of the file"
        />
      </details>
    </>
  )
}

/** The language in which names and words are made, if any column is made of them. */
function Language() {
  const isMade = table.value!.columns.some(
    ({ column: { maker } }) => maker?.by === 'faker' && !maker.sentences,
  )
  if (!isMade || !canChoose() || phase.value === 'training') return null
  return (
    <p class="field">
      <label for="language">Language of names and words</label>
      <select
        id="language"
        disabled={!isFree()}
        value={languageOf(table.value!.columns)}
        onChange={({ currentTarget }) => setLanguage(currentTarget.value)}
      >
        {Object.entries(languages).map(([locale, name]) => (
          <option key={locale} value={locale}>
            {name}
          </option>
        ))}
      </select>
    </p>
  )
}

/** Why training has one thread, which takes about twice as long as two. */
function oneThread(): string {
  return globalThis.crossOriginIsolated
    ? 'This browser cannot share memory between the threads of a page: training uses one, which takes longer.'
    : 'The page has one thread, because its server does not isolate it: your next visit has more and trains faster.'
}

function TimeLeft() {
  const progress = training.progress.value
  if (!progress) return null
  const { step, steps } = progress
  const left = training.secondsLeft.value
  const part = `step ${step.toLocaleString('en')} of ${steps.toLocaleString('en')}`
  if (phase.value === 'training')
    return (
      <span class="quiet">
        {part}
        {left !== undefined &&
          `, about ${humanSeconds(Math.max(1, Math.round(left))).replace('.0 s', ' s')} left`}
      </span>
    )
  return <span class="quiet">{part}</span>
}

const [width, height] = [600, 90]

/** The loss by step, on a logarithmic scale. */
function LossCurve() {
  const points = training.losses.value
  const progress = training.progress.value!
  if (points.length < 2) return null
  const logs = points.map(({ loss }) => Math.log(loss))
  const [low, high] = [Math.min(...logs), Math.max(...logs)]
  const x = (step: number) => ((width * step) / progress.steps).toFixed(1)
  const y = (log: number) => (height - 4 - ((height - 8) * (log - low)) / (high - low || 1)).toFixed(1)
  const path = points.map(({ step }, k) => `${k === 0 ? 'M' : 'L'}${x(step)} ${y(logs[k]!)}`).join('')
  return (
    <figure class="loss">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img">
        <title>The loss by step, falling where the model learns</title>
        <path class="samples" d={path} />
      </svg>
      <figcaption class="quiet">
        The loss, which falls as the model learns: {points.at(-1)!.loss.toPrecision(3)} now
      </figcaption>
    </figure>
  )
}
