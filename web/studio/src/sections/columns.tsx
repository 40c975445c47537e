import type { ColumnHistogram, LeftOut } from 'moonstep/web'
import { useState } from 'preact/hooks'
import { MiniHistogram, PreviewTable } from '../column-card.tsx'
import { languageOf, languages } from '../languages.ts'
import { plain } from '../problem.ts'
import { columnOrder, setFound, setKind, setLanguage } from '../reading.ts'
import { canChoose, isFree, minCategory, phase, table, types } from '../state.ts'
import { KindMenu } from './kind-menu.tsx'
import { Problem } from './problem.tsx'
import { SearchField } from './search-field.tsx'

/** From so many columns on there is a search. */
const manyColumns = 12

/** The columns of the file, what is done with each, and the first rows. */
export function Columns() {
  const { columns, leftOut, notes, preview } = table.value!
  const [search, setSearch] = useState('')
  const views = new Map(columns.map((view) => [view.column.name, view]))
  const out = new Map(leftOut.map((each) => [each.name, each]))
  // of a stored run, there is no order but the table's
  const all = canChoose() ? columnOrder.value : [...views.keys(), ...out.keys()]
  const names = all.filter((name) => views.has(name) || out.has(name) || types.value[name] === 'drop')
  const shown = names.filter((name) => name.toLowerCase().includes(search.trim().toLowerCase()))
  return (
    <>
      {notes.length > 0 && (
        <ul class="notes quiet">
          {notes.map((note) => (
            <li key={note}>{plain(note)}</li>
          ))}
        </ul>
      )}
      <Problem at="columns" />
      <div class="fields">
        {names.length > manyColumns && (
          <SearchField
            id="search"
            label={`Search ${names.length} columns`}
            text={search}
            onText={setSearch}
          />
        )}
        <Language />
        <RareNames />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
      <section class="scroll columns" tabIndex={0} aria-label="Columns">
        <table>
          <thead>
            <tr>
              {canChoose() && <th scope="col">Use</th>}
              <th scope="col">Column</th>
              {canChoose() && <th scope="col">Kind</th>}
              <th scope="col">Values</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((name) => (
              <ColumnRow key={name} name={name} view={views.get(name)} out={out.get(name)} />
            ))}
          </tbody>
        </table>
      </section>
      <h3>The first rows as read</h3>
      <PreviewTable
        names={columns.map(({ column }) => column.name)}
        cells={preview}
        title="Preview of the file"
      />
    </>
  )
}

function ColumnRow({
  name,
  view,
  out,
}: {
  readonly name: string
  readonly view: ColumnHistogram | undefined
  readonly out: LeftOut | undefined
}) {
  // the box follows the hand while the file is read again
  const [wanted, setWanted] = useState<boolean>()
  const warnings = table.value!.warnings.filter(({ column }) => column === name)
  const locale = languageOf(table.value!.columns)
  // what the reader left out is taken as names, unless it says another kind
  const take = () => (types.value[name] === 'drop' ? setFound(name) : setKind(name, out?.kind ?? 'category'))
  return (
    <tr class={view ? 'column' : 'column is-out'}>
      {canChoose() && (
        <td>
          <input
            type="checkbox"
            aria-label={`Use ${name}`}
            checked={wanted ?? view !== undefined}
            disabled={!isFree()}
            onChange={async () => {
              setWanted(!view)
              await (view ? setKind(name, 'drop') : take())
              setWanted(undefined)
            }}
          />
        </td>
      )}
      <th scope="row">{name}</th>
      {canChoose() && (
        <td>{(view || out?.kind) && <KindMenu name={name} column={view?.column} locale={locale} />}</td>
      )}
      <td class="values">
        {view && (
          <>
            <MiniHistogram view={view} /> <span class="quiet">{view.says}</span>
          </>
        )}
        {!view && (
          <span class="quiet left-out">
            {types.value[name] === 'drop' || !out ? 'left out' : `left out: ${plain(out.reason)}`}
          </span>
        )}
        {warnings.map(({ about, text }) => (
          <span key={about} class={`warning ${about}`}>
            {text}
          </span>
        ))}
      </td>
    </tr>
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

/** From how many rows on a name is learned by itself. */
function RareNames() {
  const hasNames = table.value!.columns.some(({ column: { kind } }) => kind === 'category')
  if (!hasNames || !canChoose() || phase.value === 'training') return null
  return (
    <p class="field">
      <label for="min-category">Merge names that fewer rows have than</label>
      <input
        id="min-category"
        type="number"
        min="1"
        step="1"
        value={minCategory.value}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          minCategory.value = Number.isInteger(valueAsNumber) && valueAsNumber > 0 ? valueAsNumber : 1
        }}
      />
      <span class="quiet">{minCategory.value > 1 ? 'into one, “other”' : '1 merges none'}</span>
    </p>
  )
}
