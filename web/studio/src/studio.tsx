import { useEffect, useState } from 'preact/hooks'
import { Confirmation } from './confirmation.tsx'
import { examples } from './examples.ts'
import { Foot } from './foot.tsx'
import { isOffline } from './offline.ts'
import { take } from './reading.ts'
import { forgetAll, runs } from './runs.ts'
import { DataStep } from './sections/data-step.tsx'
import { ReportStep } from './sections/report-step.tsx'
import { RowsStep } from './sections/rows-step.tsx'
import { TakeStep } from './sections/take-step.tsx'
import { TrainStep } from './sections/train-step.tsx'
import { isFree, isOpen, several } from './state.ts'
import { go, isReachable, type Step, shownSteps, step, steps } from './steps.ts'

const views: Readonly<Record<Step, () => preact.JSX.Element>> = {
  data: DataStep,
  train: TrainStep,
  rows: RowsStep,
  report: ReportStep,
  take: TakeStep,
}

export function Studio() {
  const View = several.value?.views[step.value] ?? views[step.value]
  return (
    <>
      <header>
        <p class="name">
          Moonstep <span class="quiet">studio</span>
        </p>
        <h1 class={isOpen() ? 'hidden' : undefined}>Drop a table, get a synthetic one</h1>
        {!isOpen() && (
          <p class="lead">
            A small model learns your file in this page and makes new rows like it. Nothing that you drop here
            leaves your browser.
          </p>
        )}
        <Steps />
      </header>
      <main>
        <View />
      </main>
      <footer>
        <Leaves />
        <p class="quiet">
          <a href="../">How such a model works, step by step</a>
        </p>
        <p class="quiet">
          The examples: {examples.map(({ name, source }) => `${name}: ${source}`).join('; ')}.
        </p>
      </footer>
      <Foot />
      <DropArea />
      <Confirmation />
    </>
  )
}

/** The steps, with the one that is shown. */
function Steps() {
  if (!isOpen()) return null
  return (
    <nav aria-label="Steps">
      <ol class="steps">
        {shownSteps().map((each) => (
          <li key={each}>
            <button
              type="button"
              aria-current={step.value === each ? 'step' : undefined}
              disabled={!isReachable(each)}
              onClick={() => go(each)}
            >
              {steps[each]}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** That no data leaves the page, how to verify it, and how to delete the data. */
function Leaves() {
  return (
    <section id="leaves" aria-label="Nothing leaves this page">
      <p>
        <b>Nothing leaves this page.</b> {isOffline.value ? 'It works without a network from now on. ' : ''}
        {(isOpen() || runs.value.length > 0) && (
          <button type="button" class="small" disabled={!isFree()} onClick={forgetAll}>
            Forget everything
          </button>
        )}
      </p>
      <details>
        <summary>See for yourself</summary>
        <p>
          Once loaded, this page requests nothing more from its server
          {isOffline.value ? '' : ', except lists of names in a language when a column needs them'}, and its{' '}
          <a href="https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP">Content-Security-Policy</a> makes
          the browser block requests to anywhere else. Switch your network off, or watch the Network panel of
          the developer tools while you work.
        </p>
        <p>
          Synthetic rows can still reveal something about real ones. The report measures how much, as far as
          that can be measured.
        </p>
      </details>
    </section>
  )
}

/** A file can be dropped anywhere. */
function DropArea() {
  const [isOver, setIsOver] = useState(false)
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setIsOver(true)
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false)
    }
    const drop = (event: DragEvent) => {
      event.preventDefault()
      setIsOver(false)
      take([...(event.dataTransfer?.files ?? [])])
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [])
  return isOver ? <div class="over">Drop one file, or several tables, to read them here</div> : null
}
