import { kindToTry } from 'moonstep/web'
import { type Example, examples, loadExamples } from '../examples.ts'
import { languageOf } from '../languages.ts'
import { canChoose, fail, isFree, mend, problem, table, take } from '../state.ts'
import { KindMenu, typeName } from './kind-menu.tsx'

const files = loadExamples()

async function takeExample(example: Example): Promise<void> {
  await files.get(example)!.then(take, fail)
}

/** Drop or choose a file, with notes on it. */
export function FileSection() {
  const shown = table.value
  return (
    <section id="file">
      <h2>Your file</h2>
      <div class="drop">
        <label for="table-file">Table</label>
        <input
          id="table-file"
          type="file"
          accept=".csv,.tsv,.txt,.json,.jsonl,.parquet,.gz"
          disabled={!isFree()}
          onChange={({ currentTarget }) => {
            const [chosen] = currentTarget.files ?? []
            if (chosen) take(chosen)
            // the same file can be chosen again
            currentTarget.value = ''
          }}
        />
        <p class="quiet">
          CSV, TSV, JSON lines or Parquet, with or without gzip; or drop it anywhere on this page. It is read
          here and not sent anywhere.
        </p>
        <div class="examples">
          <p class="quiet">Or begin with an example:</p>
          {examples.map((example) => (
            <button
              key={example.name}
              type="button"
              class="example"
              disabled={!isFree()}
              onClick={() => takeExample(example)}
            >
              <b>{example.name}</b> <span class="quiet">{example.says}</span>
            </button>
          ))}
        </div>
      </div>
      <Problem />
      {shown && <Readings />}
    </section>
  )
}

/** A problem and its remedies. */
function Problem() {
  const remedy = problem.value && kindToTry(problem.value)
  return (
    <div role="alert">
      {problem.value && <p class="problem">{plain(problem.value)}</p>}
      {remedy && (
        <p class="actions">
          {remedy.kinds.map((kind) => (
            <button key={kind} type="button" class="small" onClick={() => mend(remedy.name, kind)}>
              Take {remedy.name} as {typeName(kind)}
            </button>
          ))}
          <button type="button" class="small" onClick={() => mend(remedy.name, 'drop')}>
            Leave {remedy.name} out
          </button>
        </p>
      )}
    </div>
  )
}

/** A message without code, which buttons and menus replace. */
function plain(message: string): string {
  return message
    .replace(/: \{ types: \{.*?\} \} makes it the other/g, '')
    .replace(/\{ types: \{.*?\} \} (?:keeps|gives|makes) [^,:;]*/g, 'choose its kind')
    .replace(/say it with \{ types: \{.*?\} \} or \{ types: \{.*?\} \}/g, 'choose one')
    .replace(/give another method with `types`/g, 'choose another kind')
    .replace(/`drop` the column/g, 'leave the column out')
    .replace(/`drop` it/g, 'leave it out')
}

/** Notes on how the file was read and what was left out. */
function Readings() {
  const { leftOut, notes } = table.value!
  return (
    <>
      {notes.length > 0 && (
        <ul class="notes quiet">
          {notes.map((note) => (
            <li key={note}>{plain(note)}</li>
          ))}
        </ul>
      )}
      {leftOut.length > 0 && <LeftOutList />}
    </>
  )
}

function LeftOutList() {
  const { leftOut } = table.value!
  return (
    <ul class="left-out">
      {leftOut.map(({ name, reason, kind }) => (
        <li key={name}>
          <b>{name}</b> is left out: {plain(reason)}.{' '}
          {kind && canChoose() && <KindMenu name={name} locale={languageOf(table.value!.columns)} />}
        </li>
      ))}
    </ul>
  )
}
