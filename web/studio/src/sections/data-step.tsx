import { useState } from 'preact/hooks'
import { type Example, examples, loadExamples } from '../examples.ts'
import { fail } from '../problem.ts'
import { take, takeColumns, tooWide } from '../reading.ts'
import { offered } from '../share.ts'
import { isOpen, openName, phase, readShare, table } from '../state.ts'
import { Columns } from './columns.tsx'
import { Problem } from './problem.tsx'
import { Runs } from './runs.tsx'

const files = loadExamples()

async function takeExample(example: Example): Promise<void> {
  await files.get(example)!.then(
    (file) => take([file]),
    (error) => fail('file', error),
  )
}

/** A file, its columns and first rows, and the runs of earlier files. */
export function DataStep() {
  return (
    <section id="data">
      <File />
      <Runs />
      {table.value && <Columns key={table.value.name} />}
    </section>
  )
}

/** Drop or choose a file; once one is read, the box is closed. */
function File() {
  const shown = table.value
  return (
    <>
      <h2 tabIndex={-1}>
        {shown ? (
          <>
            {shown.name}{' '}
            <span class="count">
              {shown.rows.toLocaleString('en')} rows, {shown.columns.length} columns
            </span>
          </>
        ) : (
          'Your file'
        )}
      </h2>
      <OtherFile />
      <ReadingBar />
      {!shown && offered.value && (
        <p class="quiet">
          The link that you opened has settings for a table with the columns {listed(offered.value.columns)}:
          choose your own copy of it. No rows came with the link.
        </p>
      )}
      <Problem at="file" />
      {tooWide.value && <ColumnPicker />}
    </>
  )
}

/** How far a file is read: without an end while the kinds of its columns are found. */
export function ReadingBar() {
  if (phase.value !== 'reading') return null
  const share = readShare.value
  return (
    <progress
      // one that had a value keeps it
      key={share === undefined ? 'unknown' : 'known'}
      class="reading"
      {...(share !== undefined && { value: share })}
      max={1}
      aria-label={share === undefined ? 'Finding the kinds of the columns' : 'Reading the file'}
    />
  )
}

/** Where files are dropped or chosen; once some are read, it is closed. */
export function OtherFile() {
  return (
    <details class="another" open={!isOpen()} key={openName() ?? ''}>
      <summary>{isOpen() ? 'Another file, or several' : 'Choose a file, or several'}</summary>
      <Drop />
    </details>
  )
}

function listed(names: readonly string[]): string {
  return names.length > 8
    ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} others`
    : names.join(', ')
}

function Drop() {
  const isBusy = phase.value === 'reading' || phase.value === 'opening'
  return (
    <div class="drop">
      <label for="table-file">Table</label>
      <input
        id="table-file"
        type="file"
        multiple
        accept=".csv,.tsv,.txt,.json,.jsonl,.parquet,.gz,.zip"
        disabled={isBusy}
        onChange={({ currentTarget }) => {
          take([...(currentTarget.files ?? [])])
          // the same file can be chosen again
          currentTarget.value = ''
        }}
      />
      <p class="quiet">
        CSV, TSV, JSON or Parquet, with or without gzip; or drop it anywhere on this page. Of Excel, save the
        sheet as CSV. Several files, or a zip of them, are tables whose keys meet, such as customers and their
        orders. They are read here and not sent anywhere.
      </p>
      <div class="examples">
        <p class="quiet">Or begin with an example:</p>
        {examples.map((example) => (
          <button
            key={example.name}
            type="button"
            class="example"
            disabled={isBusy}
            onClick={() => takeExample(example)}
          >
            <b>{example.name}</b> <span class="quiet">{example.says}</span>
          </button>
        ))}
      </div>
    </div>
  )
}

/** Some columns of a file that has too many. */
function ColumnPicker() {
  const { columns, most } = tooWide.value!
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(columns.slice(0, most)))
  const [search, setSearch] = useState('')
  const shown = columns.filter((name) => name.toLowerCase().includes(search.toLowerCase()))
  const set = (names: readonly string[], isChosen: boolean) =>
    setChosen((former) => {
      const next = new Set(former)
      for (const name of names) isChosen ? next.add(name) : next.delete(name)
      return next
    })
  const isPossible = chosen.size > 1 && chosen.size <= most
  return (
    <form
      class="picker"
      onSubmit={(event) => {
        event.preventDefault()
        takeColumns(columns.filter((name) => chosen.has(name)))
      }}
    >
      <p class="field">
        <label for="search-all">Search the columns</label>
        <input
          id="search-all"
          type="search"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <button type="button" class="small" onClick={() => set(shown, true)}>
          Choose these
        </button>
        <button type="button" class="small" onClick={() => set(shown, false)}>
          Leave these out
        </button>
      </p>
      <fieldset class="ticks">
        <legend class="hidden">Columns to read</legend>
        {shown.map((name) => (
          <label class="check" key={name}>
            <input
              type="checkbox"
              checked={chosen.has(name)}
              onChange={({ currentTarget }) => set([name], currentTarget.checked)}
            />{' '}
            {name}
          </label>
        ))}
      </fieldset>
      <p class="actions">
        <button type="submit" class="main" disabled={!isPossible}>
          Read {chosen.size} columns
        </button>
        {!isPossible && <span class="wrong">Choose from 2 to {most} columns.</span>}
      </p>
    </form>
  )
}
