import { downloadZip } from 'client-zip'
import { counted, type RunFile, runFilePaths } from 'moonstep/web'
import { useState } from 'preact/hooks'
import { askedRows, samples, seed, written } from '../asking.ts'
import { type Asked, codeOf, commandsOf } from '../commands.ts'
import { download, stemOf } from '../download.ts'
import { fail, problem } from '../problem.ts'
import { shareLink } from '../share.ts'
import { currentSession, model, notes, page, table } from '../state.ts'
import { Problem } from './problem.tsx'
import { form, SaveRows } from './save-rows.tsx'
import { ModelVerdicts } from './verdicts.tsx'

/** Downloads: rows, the model, the run, and how to do the same elsewhere. */
export function TakeStep() {
  const [hasRealRows, setHasRealRows] = useState(false)
  const stem = stemOf(table.value!.name)
  const asked: Asked = {
    ...askedRows(),
    notes: notes.value!,
    form: form.value,
    reportSeed: written.value?.seed ?? seed.value,
  }
  const needsFaker = table.value!.columns.some(({ column: { maker } }) => maker?.by === 'faker')
  const saveModel = async () => download(await currentSession().modelFile(), 'model.onnx')
  const saveRun = async () => {
    problem.value = undefined
    const { archive, lost } = await runArchive(await currentSession().modelFile(), hasRealRows)
    download(archive, `${stem}-run.zip`)
    if (lost.length > 0)
      fail(
        'take',
        `this browser has lost ${lost.join(', ')} of the run: the zip file lacks ${lost.length > 1 ? 'them' : 'it'}, and the run can’t be continued from it`,
      )
  }
  return (
    <section id="take">
      <h2 tabIndex={-1}>Take it along</h2>
      <ModelVerdicts />
      {samples.value && <SaveRows of="samples" rows={samples.value.id} label="Download rows" at="take" />}
      <p class="actions">
        <button type="button" onClick={saveModel}>
          Download model
        </button>
        <span class="quiet">model.onnx, for Node, a page or any onnxruntime</span>
      </p>
      <p class="quiet">{model.value!.holds} The report lists what it holds.</p>
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
      <Problem at="take" />
      {needsFaker && (
        <p class="quiet">
          Names and words come from another package: <code>npm install @faker-js/faker</code> for the commands
          and for Node. The lines for a page leave these columns out.
        </p>
      )}
      <Code title="The same in a terminal" text={commandsOf(asked)} />
      <Code title="The same in Node" text={codeOf(asked, 'node')} />
      <Code title="The same in a page" text={codeOf(asked, 'page')} />
      <ShareLink />
    </section>
  )
}

/** A link to the settings, for someone who has the file too. */
function ShareLink() {
  const { link, leftOut } = shareLink()
  return (
    <details class="code">
      <summary>A link to these settings</summary>
      <p class="quiet">
        For someone who has the same file: kinds, number of rows and seed, and the names of the columns. It
        holds no cell and no condition
        {leftOut > 0 &&
          `, so ${counted(leftOut, 'rule')} that may quote one ${leftOut > 1 ? 'are' : 'is'} left out`}
        .
      </p>
      <Copied text={link} />
    </details>
  )
}

export function Code({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <details class="code">
      <summary>{title}</summary>
      <Copied text={text} />
    </details>
  )
}

/** A text to copy. */
function Copied({ text }: { readonly text: string }) {
  const [isCopied, setIsCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setIsCopied(true)
    setTimeout(() => setIsCopied(false), 2000)
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
      <pre tabIndex={0}>{text}</pre>
      <button type="button" class="small" onClick={copy}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </>
  )
}

const runFiles: readonly RunFile[] = ['config', 'weights', 'history']
const realFiles: readonly RunFile[] = ['train', 'holdout', 'validation', 'checkpoint', 'data']
/** Small tables have none. */
const mayLack: readonly RunFile[] = ['validation']

/** The run folder as one file, without times, so that the same run gives the same bytes; and the files that are lost. */
async function runArchive(modelFile: Uint8Array, hasRealRows: boolean) {
  const lastModified = new Date(1980, 0, 1)
  const { store } = page.open!.run
  const lost: string[] = []
  const files = [...runFiles, ...(hasRealRows ? realFiles : [])].map(async (file) => {
    const [name, input] = [runFilePaths[file], await store.read(file)]
    if (input) return [{ name, input, lastModified }]
    if (!mayLack.includes(file)) lost.push(name)
    return []
  })
  const entries = (await Promise.all(files)).flat()
  const archive = await downloadZip([
    ...entries,
    { name: 'model.onnx', input: modelFile, lastModified },
  ]).blob()
  return { archive, lost }
}
