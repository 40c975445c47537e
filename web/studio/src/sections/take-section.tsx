import { downloadZip } from 'client-zip'
import { type RunFile, runFilePaths } from 'moonstep/web'
import { useState } from 'preact/hooks'
import { count, given, samples, seed } from '../asking.ts'
import { type Asked, codeOf, commandsOf } from '../commands.ts'
import { download, stemOf } from '../download.ts'
import { currentSession, currentStore, model, notes, phase, table } from '../state.ts'
import { form, SaveRows } from './save-rows.tsx'

/** Downloads: rows, the model, the run, and how to do the same elsewhere. */
export function TakeSection() {
  const [hasRealRows, setHasRealRows] = useState(false)
  if (!model.value || phase.value !== 'trained') return null
  const stem = stemOf(table.value!.name)
  const asked: Asked = {
    notes: notes.value!,
    count: count.value,
    seed: seed.value,
    given: given.value,
    form: form.value,
  }
  const needsFaker = table.value!.columns.some(({ column: { maker } }) => maker?.by === 'faker')
  const saveModel = async () => download(await currentSession().modelFile(), 'model.onnx')
  const saveRun = async () =>
    download(await runArchive(await currentSession().modelFile(), hasRealRows), `${stem}-run.zip`)
  return (
    <section id="take">
      <h2>Take it along</h2>
      {samples.value && <SaveRows of="samples" label="Download rows" />}
      <p class="actions">
        <button type="button" onClick={saveModel}>
          Download model
        </button>
        <span class="quiet">model.onnx, for Node, a page or any onnxruntime</span>
      </p>
      <p class="actions">
        <button type="button" onClick={saveRun}>
          Download run folder
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={hasRealRows}
            onChange={({ currentTarget }) => setHasRealRows(currentTarget.checked)}
          />{' '}
          with the real data in it, to train on
        </label>
      </p>
      <p class="quiet">
        The model itself holds some values of your file: names of categories, and numbers at regular places of
        each column. The report lists them.
      </p>
      {needsFaker && (
        <p class="quiet">
          Names and words come from another package: <code>npm install @faker-js/faker</code> for the commands
          and for Node. The lines for a page leave these columns out.
        </p>
      )}
      <Code title="The same in a terminal" text={commandsOf(asked)} />
      <Code title="The same in Node" text={codeOf(asked, 'node')} />
      <Code title="The same in a page" text={codeOf(asked, 'page')} />
    </section>
  )
}

function Code({ title, text }: { readonly title: string; readonly text: string }) {
  const [isCopied, setIsCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setIsCopied(true)
    setTimeout(() => setIsCopied(false), 2000)
  }
  return (
    <details class="code">
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
      <pre tabIndex={0}>{text}</pre>
      <button type="button" class="small" onClick={copy}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </details>
  )
}

const runFiles: readonly RunFile[] = ['config', 'weights', 'history']
const realFiles: readonly RunFile[] = ['train', 'holdout', 'checkpoint', 'data']

/** The run folder as one file, without times, so that the same run gives the same bytes. */
async function runArchive(modelFile: Uint8Array, hasRealRows: boolean): Promise<Blob> {
  const lastModified = new Date(1980, 0, 1)
  const files = [...runFiles, ...(hasRealRows ? realFiles : [])].map(async (file) => {
    const input = await currentStore().read(file)
    return input ? [{ name: runFilePaths[file], input, lastModified }] : []
  })
  const entries = (await Promise.all(files)).flat()
  return downloadZip([...entries, { name: 'model.onnx', input: modelFile, lastModified }]).blob()
}
