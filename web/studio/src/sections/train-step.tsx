import { counted, humanCount, humanSeconds } from 'moonstep/web'
import { useState } from 'preact/hooks'
import { ColumnCard, Legend } from '../column-card.tsx'
import { estimatedSeconds } from '../estimate.ts'
import { canChoose, model, page, phase, staysWhenClosed, table, threads } from '../state.ts'
import { stages } from '../training.ts'
import { goOn, goOnForLonger, train } from '../training-run.ts'
import { Problem } from './problem.tsx'
import { Rules } from './rules.tsx'
import { SearchField } from './search-field.tsx'
import { TrainButtons } from './train-buttons.tsx'
import { ModelVerdicts } from './verdicts.tsx'

/** One button; then the progress, the loss, the time left, and the samples so far. */
export function TrainStep() {
  const at = phase.value
  const progress = training().progress.value
  return (
    <section id="train">
      <h2 tabIndex={-1}>Train</h2>
      <p class="quiet">
        A small network learns how these columns depend on each other. {heldOut()}{' '}
        {threads === 1 && oneThread()}
      </p>
      <div class="run">
        <p class="actions">
          <TrainButtons
            isOffered={canChoose()}
            isAgain={progress !== undefined}
            onTrain={train}
            onGoOn={goOn}
          />
          {at === 'trained' && (
            <button type="button" onClick={goOnForLonger}>
              Train longer
            </button>
          )}
          <TimeLeft />
        </p>
        <Problem at="train" />
        {at === 'trained' && <ModelVerdicts />}
        {at === 'training' && <Stages />}
        {at === 'training' ? (
          <StageBar />
        ) : (
          at !== 'trained' &&
          progress && <progress value={progress.step} max={progress.steps} aria-label="Training progress" />
        )}
        {progress && <LossCurve />}
      </div>
      {at === 'paused' && staysWhenClosed.value && (
        <p class="quiet">
          The run is stored in this browser: you can close the tab and continue another day.
        </p>
      )}
      <Rules />
      <LiveColumns />
    </section>
  )
}

const training = () => page.training

/** How many rows are set aside, and what for. */
function heldOut(): string {
  const all = humanCount(table.value!.rows)
  const held = model.value?.rows.holdout
  const some = held === undefined ? `Some of the ${all} rows` : `${counted(held, 'row')} of ${all}`
  return `${some} are held out, to judge the result by rows that the model has not seen.`
}

/** What goes on, as a list of stages. */
function Stages() {
  const at = training().stage.value
  return (
    <ol class="stages" aria-label="Stages">
      {Object.entries(stages).map(([stage, says]) => (
        <li key={stage} aria-current={stage === at ? 'step' : undefined}>
          {says}
        </li>
      ))}
    </ol>
  )
}

/** How far the present stage is: without an end while the rows are prepared. */
function StageBar() {
  const { stage, measured, progress } = training()
  const { step, steps } = progress.value ?? { step: 0, steps: 1 }
  const shares = { preparing: undefined, training: step / steps, measuring: measured.value }
  const share = shares[stage.value]
  return (
    <progress
      // one that had a value keeps it
      key={share === undefined ? 'unknown' : 'known'}
      {...(share !== undefined && { value: share })}
      max={1}
      aria-label={`Progress of ${stages[stage.value]}`}
    />
  )
}

/** Overlays before this share of the steps say little. */
const tooEarly = 0.1

/** How many columns are shown before one asks for all. */
const firstColumns = 12

/** The columns of the data and of current samples, while the model learns. */
function LiveColumns() {
  const [search, setSearch] = useState('')
  const [hasAll, setHasAll] = useState(false)
  const live = phase.value === 'training' || phase.value === 'paused' ? training().samples.value : undefined
  if (!live) return null
  const { step, steps } = training().progress.value!
  const matching = [...table.value!.columns.entries()].filter(([, { column }]) =>
    column.name.toLowerCase().includes(search.trim().toLowerCase()),
  )
  const shown = hasAll ? matching : matching.slice(0, firstColumns)
  return (
    <>
      <Legend
        of={[
          ['real', 'your file'],
          ['samples', 'what the model generates so far'],
        ]}
      />
      {step < tooEarly * steps && (
        <p class="quiet early">Too early to judge: the model has only begun to learn.</p>
      )}
      {table.value!.columns.length > firstColumns && (
        <SearchField id="search-live" label="Search the columns" text={search} onText={setSearch} />
      )}
      <div class="cards">
        {shown.map(([d, view]) => (
          <ColumnCard key={view.column.name} view={view} drawn={{ real: view.real, samples: live[d] }} />
        ))}
      </div>
      {shown.length < matching.length && (
        <button type="button" class="small" onClick={() => setHasAll(true)}>
          Show all {matching.length} columns
        </button>
      )}
    </>
  )
}

/** Why training has one thread, which takes about twice as long as two. */
function oneThread(): string {
  return globalThis.crossOriginIsolated
    ? 'This browser cannot share memory between the threads of a page: training uses one, which takes longer.'
    : 'The page has one thread, because its server does not isolate it: your next visit has more and trains faster.'
}

function TimeLeft() {
  const progress = training().progress.value
  if (!progress) {
    const { steps } = table.value!
    return phase.value === 'read' ? (
      <span class="quiet">{sayEstimate(steps, estimatedSeconds.value)}</span>
    ) : null
  }
  const { step, steps } = progress
  const left = training().secondsLeft.value
  const part = `step ${step.toLocaleString('en')} of ${steps.toLocaleString('en')}`
  if (phase.value === 'training')
    return (
      <span class="quiet">
        {part}
        {left !== undefined && `, about ${roundSeconds(left)} left`}
      </span>
    )
  return <span class="quiet">{part}</span>
}

const roundSeconds = (seconds: number) => humanSeconds(Math.max(1, Math.round(seconds))).replace('.0 s', ' s')

/** How long training will probably take, as this machine took for a few steps. */
function sayEstimate(steps: number, seconds: number | undefined): string {
  const count = `${steps.toLocaleString('en')} steps`
  if (seconds === undefined) return count
  return `${count}: about ${roundSeconds(seconds)} on this machine`
}

const [width, height] = [600, 90]

/** The loss by step, on a logarithmic scale. */
function LossCurve() {
  const points = training().losses.value
  const progress = training().progress.value!
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
