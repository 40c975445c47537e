import { counted } from 'moonstep/web'
import { Problem } from '../sections/problem.tsx'
import { TrainButtons } from '../sections/train-buttons.tsx'
import { phase, staysWhenClosed } from '../state.ts'
import { learned, progress, type TableProgress, view } from './state.ts'
import { goOn, train } from './training.ts'
import { TablesVerdicts } from './verdicts.tsx'

/** One button; then the tables one after the other, each with its progress. */
export function TrainStep() {
  const at = phase.value
  const names = learned.value
  const keptTables = view.value!.tables.filter(({ name }) => !names.includes(name))
  return (
    <section id="train">
      <h2 tabIndex={-1}>Train</h2>
      <p class="quiet">
        A small network for each table learns how its columns depend on each other, and on the row that it
        belongs to. Some of the rows without a parent are held out, with all that belong to them, to judge the
        result.
        {keptTables.length > 0 && ` ${keptTables.map(({ name }) => name).join(', ')} keeps its rows.`}
      </p>
      <p class="actions">
        <TrainButtons
          isOffered={at === 'read' || at === 'trained'}
          isAgain={progress.value !== undefined || at === 'trained'}
          onTrain={train}
          onGoOn={goOn}
        />
        <span class="quiet">{sayPlace(names)}</span>
      </p>
      <Problem at="train" />
      {at === 'trained' && <TablesVerdicts />}
      {at === 'paused' && (
        <p class="quiet">
          Tables that are trained stay as they are, and the one that was training goes on from its last step.{' '}
          {staysWhenClosed.value &&
            'The run is stored in this browser: you can close the tab and continue another day.'}
        </p>
      )}
      {progress.value && (
        <ol class="tables-progress" aria-label="Tables in training">
          {names.map((name) => (
            <TableLine key={name} name={name} at={progress.value![name]!} />
          ))}
        </ol>
      )}
    </section>
  )
}

/** Which table is trained, of how many. */
function sayPlace(names: readonly string[]): string {
  const all = progress.value
  if (phase.value !== 'training' || !all) return counted(names.length, 'table')
  const k = names.findIndex((name) => all[name]!.state === 'training' || all[name]!.state === 'measuring')
  return k < 0
    ? `preparing ${counted(names.length, 'table')}`
    : `${names[k]}, table ${k + 1} of ${names.length}`
}

const states: Readonly<Record<TableProgress['state'], string>> = {
  waiting: 'waits',
  training: 'training',
  measuring: 'measuring the result',
  trained: 'trained',
}

function TableLine({
  name,
  at: { state, step, steps, loss },
}: {
  readonly name: string
  readonly at: TableProgress
}) {
  const isOn = state === 'training' && step > 0
  const isPaused = phase.value === 'paused' && (state === 'training' || state === 'measuring')
  return (
    <li aria-current={state === 'training' || state === 'measuring' ? 'step' : undefined}>
      <span class="table-name">{name}</span>
      <progress value={state === 'trained' ? 1 : step / steps} max={1} aria-label={`Training of ${name}`} />
      <span class="quiet">
        {isOn
          ? `step ${step.toLocaleString('en')} of ${steps.toLocaleString('en')}, loss ${loss!.toPrecision(3)}`
          : isPaused
            ? 'paused'
            : states[state]}
      </span>
    </li>
  )
}
