import { humanBytes } from 'moonstep/web'
import { forgetRun, nameOfRun, openRun, type RunView, renameRun, runs } from '../runs.ts'
import { isFree, staysWhenClosed } from '../state.ts'
import { Problem } from './problem.tsx'

/** The runs that this browser keeps, each with a way to open and to forget it. */
export function Runs() {
  const all = runs.value
  return (
    <>
      {all.length > 0 && (
        <details class="runs" open={!all.some(({ isHere }) => isHere)}>
          <summary>
            Your runs in this browser: {all.length}
            {staysWhenClosed.value === false && ', until the tab is closed'}
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
          <section class="scroll" tabIndex={0} aria-label="Your runs">
            <table>
              <thead>
                <tr>
                  {['Name', 'Rows', 'Columns', 'Begun', 'Size', 'State', 'Actions'].map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {all.map((run) => (
                  <Run key={run.id} run={run} />
                ))}
              </tbody>
            </table>
          </section>
        </details>
      )}
      <Problem at="runs" />
    </>
  )
}

function Run({ run }: { readonly run: RunView }) {
  const { id, notes, size, isHere, isElsewhere } = run
  const name = nameOfRun(run)
  return (
    <tr>
      <th scope="row">
        <input
          type="text"
          class="run-name"
          aria-label={`Name of the run ${name}`}
          value={name}
          disabled={!notes || isElsewhere}
          onChange={({ currentTarget }) => renameRun(run, currentTarget.value)}
        />
      </th>
      <td>{notes && notes.rows > 0 ? notes.rows.toLocaleString('en') : ''}</td>
      <td>{notes && notes.columns > 0 ? notes.columns : ''}</td>
      <td>
        {notes && new Date(notes.begun).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })}
      </td>
      <td>{humanBytes(size)}</td>
      <td>{stateOf(run)}</td>
      <td class="actions">
        <button
          type="button"
          class="small"
          disabled={isHere || isElsewhere || !isFree()}
          aria-label={`Open ${name}`}
          onClick={() => openRun(id)}
        >
          Open
        </button>
        <button type="button" class="small" aria-label={`Forget ${name}`} onClick={() => forgetRun(run)}>
          Forget
        </button>
      </td>
    </tr>
  )
}

function stateOf({ notes, isHere, isElsewhere }: RunView): string {
  if (isElsewhere) return 'open in another tab'
  const state = !notes ? 'incomplete' : notes.isDone ? 'trained' : 'paused'
  return isHere ? `${state}, open here` : state
}
