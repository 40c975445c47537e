import { useEffect, useState } from 'preact/hooks'
import { samples } from './asking.ts'
import { examples } from './examples.ts'
import { isOffline } from './offline.ts'
import { AskSection } from './sections/ask-section.tsx'
import { FileSection } from './sections/file-section.tsx'
import { LookSection } from './sections/look-section.tsx'
import { TakeSection } from './sections/take-section.tsx'
import { TrainSection } from './sections/train-section.tsx'
import { forget, isFree, phase, status, table, take } from './state.ts'

export function Studio() {
  return (
    <>
      <header>
        <p class="name">
          Moonstep <span class="quiet">studio</span>
        </p>
        <h1>Drop a table, get a synthetic one</h1>
        <p class="lead">
          A small model learns your file in this page and makes new rows like it. Nothing that you drop here
          leaves your browser.
        </p>
      </header>
      <main>
        <FileSection />
        <TrainSection />
        <AskSection />
        <LookSection />
        <TakeSection />
        <Leaves />
      </main>
      <footer>
        <p class="quiet">
          <a href="../">How such a model works, step by step</a>
        </p>
        <p class="quiet">
          The examples: {examples.map(({ name, source }) => `${name}: ${source}`).join('; ')}.
        </p>
      </footer>
      <div class="status">
        <p role="status">{status.value}</p>
      </div>
      <DropArea />
    </>
  )
}

/** That no data leaves the page, how to verify it, and how to delete the data. */
function Leaves() {
  return (
    <section id="leaves">
      <h2>Nothing leaves this page</h2>
      <p>
        Once loaded, this page requests nothing more from its server
        {isOffline.value ? '' : ', except lists of names in a language when a column needs them'}, and its{' '}
        <a href="https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP">Content-Security-Policy</a> makes the
        browser block requests to anywhere else.{' '}
        {isOffline.value ? 'It works without a network from now on. ' : ''}See for yourself: switch your
        network off, or watch the Network panel of the developer tools while you work.
      </p>
      <p class="quiet">
        Synthetic rows can still reveal something about real ones. The report measures how much, as far as
        that can be measured.
      </p>
      {table.value && (
        <p class="actions">
          <button
            type="button"
            disabled={phase.value === 'reading' || phase.value === 'opening'}
            onClick={forget}
          >
            Forget this table
          </button>
          <span class="quiet">
            removes the file, the run and {samples.value ? 'all generated rows' : 'everything else'} from this
            browser
          </span>
        </p>
      )}
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
      const file = event.dataTransfer?.files[0]
      if (file && isFree()) take(file)
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
  return isOver ? <div class="over">Drop the file to read it here</div> : null
}
