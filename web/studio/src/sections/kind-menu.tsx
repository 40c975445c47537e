import type { ColumnHistogram, ColumnKind, ColumnType } from 'moonstep/web'
import { useState } from 'preact/hooks'
import { setForm, setFound, setKind } from '../reading.ts'
import { isFree, types } from '../state.ts'

/** Names of kinds for people. */
const kindNames: Record<ColumnKind, string> = {
  number: 'number',
  integer: 'whole number',
  category: 'category',
  boolean: 'yes or no',
  date: 'date',
  key: 'row number',
  text: 'text',
}

const readings: Readonly<Record<string, string>> = {
  'date:dmy': 'dates with the day first',
  'date:mdy': 'dates with the month first',
  'date:ymd': 'dates with the year first',
  'number:1,234.5': 'numbers such as 1,234.5',
  'number:1.234,5': 'numbers such as 1.234,5',
  'integer:1,234.5': 'whole numbers such as 1,234',
  'integer:1.234,5': 'whole numbers such as 1.234',
}

/** The methods of faker that the menu offers, in people's words. */
const makers: Readonly<Record<string, string>> = {
  'person.firstName': 'first name',
  'person.lastName': 'last name',
  'person.fullName': 'full name',
  'internet.exampleEmail': 'e-mail address',
  'internet.username': 'user name',
  'company.name': 'company',
  'person.jobTitle': 'job',
  'location.streetAddress': 'street address',
  'location.city': 'city',
  'location.zipCode': 'postcode',
  'phone.number': 'telephone number',
  'internet.url': 'web address',
  'commerce.productName': 'product',
  'lorem.sentence': 'sentences',
}

/** The name of a kind for people, with what its cells are read by. */
export function typeName(type: ColumnType): string {
  const names: Readonly<Record<string, string>> = { ...kindNames, ...readings, ...makers }
  return names[type] ?? type
}

/** What a column's menu shows: its kind, how its texts are generated if that is stated, or what they were found to be. */
function chosenIn(column: ColumnHistogram['column'], stated: string | undefined): string {
  if (column.kind !== 'text') return column.kind
  if (stated?.startsWith('/')) return 'form'
  const [method = 'text'] = stated?.split(':') ?? []
  return method in makers ? method : 'text'
}

/** A menu of a column's kind, and of how its texts are generated. */
export function KindMenu({
  name,
  column,
  locale,
}: {
  readonly name: string
  /** Undefined if it is left out. */
  readonly column?: ColumnHistogram['column'] | undefined
  /** The language of names and words. */
  readonly locale: string
}) {
  const [key, setKey] = useState(0)
  const [hasForm, setHasForm] = useState(false)
  const stated = types.value[name]
  const chosen = hasForm ? 'form' : column ? chosenIn(column, stated) : 'drop'
  const choose = async (next: string) => {
    setHasForm(next === 'form')
    if (next === 'form') return
    // texts are generated as they were found to be unless that is stated
    if (next === 'text' && column?.kind === 'text') await setFound(name)
    else await setKind(name, (next in makers ? `${next}:${locale}` : next) as ColumnType | 'drop')
    // if refused, the menu shows the previous kind
    setKey(key + 1)
  }
  const option = ([value, label]: readonly [string, string]) => (
    <option key={value} value={value}>
      {label}
    </option>
  )
  return (
    <>
      <select
        key={key}
        class="kind"
        aria-label={`Kind of ${name}`}
        disabled={!isFree()}
        value={chosen}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <optgroup label="Learned">
          {Object.entries(kindNames)
            .filter(([kind]) => kind !== 'key' && kind !== 'text')
            .map(option)}
        </optgroup>
        <optgroup label="Made for each row">
          {[['key', kindNames.key] as const, ['text', 'text, as found'] as const].map(option)}
          {option(['form', 'text in a form'])}
          {Object.entries(makers).map(option)}
        </optgroup>
        {!column && <option value="drop">left out</option>}
      </select>
      {chosen === 'form' && <FormField name={name} stated={stated} />}
    </>
  )
}

/** A regular expression for a column's texts, with what is wrong with it. */
function FormField({ name, stated }: { readonly name: string; readonly stated: string | undefined }) {
  const before = stated?.startsWith('/') ? stated.slice(1, -1) : ''
  const [wrong, setWrong] = useState('')
  const id = `form-of-${name}`
  return (
    <form
      class="form-of"
      onSubmit={async (event) => {
        event.preventDefault()
        const expression = String(new FormData(event.currentTarget).get('form'))
        if (expression !== '') setWrong(await setForm(name, expression))
      }}
    >
      <label for={id}>as a regular expression</label>
      <span class="with-button">
        <input
          id={id}
          name="form"
          type="text"
          spellcheck={false}
          autocomplete="off"
          placeholder="[A-Z]{2}-\d{4}"
          aria-label={`Form of ${name}`}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          aria-invalid={wrong !== ''}
          defaultValue={before}
        />
        <button type="submit" class="small" disabled={!isFree()}>
          Set
        </button>
      </span>
      {wrong && (
        <span class="wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </span>
      )}
    </form>
  )
}
