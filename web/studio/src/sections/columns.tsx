import type { ColumnHistogram, LeftOut } from 'moonstep/web'
import { useState } from 'preact/hooks'
import { plain } from '../advice.ts'
import { MiniHistogram } from '../column-card.tsx'
import { languageOf, languages } from '../languages.ts'
import { columnOrder, setFound, setKind, setLanguage } from '../reading.ts'
import { canChoose, isFree, minCategory, phase, table, types } from '../state.ts'
import { KindMenu } from './kind-menu.tsx'
import { Problem } from './problem.tsx'
import { SearchField } from './search-field.tsx'

/** From so many columns on there is a search. */
const manyColumns = 12

/** One table: the columns of the file with what is done with each, above the first rows as read. */
export function Columns() {
  const { columns, leftOut, notes, preview } = table.value!
  const [search, setSearch] = useState('')
  const views = new Map(columns.map((view) => [view.column.name, view]))
  const out = new Map(leftOut.map((each) => [each.name, each]))
  // of a stored run, there is no order but the table's
  const all = canChoose() ? columnOrder.value : [...views.keys(), ...out.keys()]
  const names = all.filter((name) => views.has(name) || out.has(name) || types.value[name] === 'drop')
  const of = (name: string) => ({ name, view: views.get(name), out: out.get(name) })
  const places = new Map(columns.map(({ column }, d) => [column.name, d]))
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
      <section class="scroll columns" tabIndex={0} aria-label="Columns and first rows">
        <table>
          <thead>
            <tr>
              {shown.map((name) => (
                <ColumnName key={name} {...of(name)} />
              ))}
            </tr>
            <tr>
              {shown.map((name) => (
                <ColumnValues key={name} {...of(name)} />
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
              <tr key={i}>
                {shown.map((name) => (
                  <Cell key={name} text={places.has(name) ? row[places.get(name)!]! : undefined} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

/** A cell as read: null if it is missing, undefined of a column that is left out. */
function Cell({ text }: { readonly text: string | null | undefined }) {
  if (text === undefined) return <td />
  return <td class={text === null ? 'quiet' : undefined}>{text ?? 'missing'}</td>
}

interface ColumnProps {
  readonly name: string
  /** Undefined if it is left out. */
  readonly view: ColumnHistogram | undefined
  readonly out: LeftOut | undefined
}

/** The head of a column: its name, and whether it is used. */
function ColumnName({ name, view, out }: ColumnProps) {
  // the box follows the hand while the file is read again
  const [wanted, setWanted] = useState<boolean>()
  // what the reader left out is taken as names, unless it says another kind
  const take = () => (types.value[name] === 'drop' ? setFound(name) : setKind(name, out?.kind ?? 'category'))
  return (
    <th scope="col" class={view ? undefined : 'is-out'}>
      {canChoose() && (
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
      )}{' '}
      {name}
    </th>
  )
}

/** A column's kind, what it holds, and what should be known of it. */
function ColumnValues({ name, view, out }: ColumnProps) {
  const warnings = table.value!.warnings.filter(({ column }) => column === name)
  const locale = languageOf(table.value!.columns)
  return (
    <td class="values">
      {canChoose() && (view || out?.kind) && <KindMenu name={name} column={view?.column} locale={locale} />}
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
  )
}

/** The language in which names and words are generated, if any column is generated from them. */
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
      <label for="min-category">Merge names in fewer rows than</label>
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
