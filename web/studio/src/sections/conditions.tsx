import { type Column, type ColumnHistogram, type Given, isGenerated, type Range } from 'moonstep/web'
import { condition, given, setGiven } from '../asking.ts'
import { model, table } from '../state.ts'
import { isOpen, RangeFields } from './range-fields.tsx'

/** What is known of each row: a value of a column, or what its cells may be. */
export function Conditions() {
  const { columns } = table.value!
  const names = Object.keys(given.value)
  const views = new Map(columns.map((view) => [view.column.name, view]))
  const free = columns.filter(({ column }) => !names.includes(column.name) && !isGenerated(column))
  const rows = condition.value?.rows
  return (
    <fieldset class="conditions">
      <legend>Known values of each row</legend>
      {names.map((name) => (
        <Condition key={name} view={views.get(name)!} />
      ))}
      {free.length > 0 && (
        <p class="field">
          <label for="add">Fix a column</label>
          <select
            id="add"
            value=""
            onChange={({ currentTarget }) => {
              const { column, typical } = views.get(currentTarget.value)!
              setGiven(column.name, typical)
            }}
          >
            <option value="">{names.length === 0 ? 'none: all are free' : 'no other'}</option>
            {free.map(({ column }) => (
              <option key={column.name} value={column.name}>
                {column.name}
              </option>
            ))}
          </select>
        </p>
      )}
      {names.length > 1 && rows === 0 && (
        <p class="wrong" role="status">
          No row of your file meets all of these.
        </p>
      )}
    </fieldset>
  )
}

/** Whether each condition says something. */
export function areComplete(given: Given): boolean {
  return Object.values(given).every((value) => !isRange(value) || !isOpen(value))
}

const isRange = (value: Given[string]): value is Range => typeof value === 'object' && value !== null

/** A value as a range of it, or the range's first value, when the other is chosen. */
function otherWay({ categories }: Column, value: Given[string], typical: string): Given[string] {
  if (isRange(value)) return categories ? (value.in?.[0] ?? typical) : (value.from ?? value.to ?? typical)
  const text = value === null ? typical : value
  return categories ? { in: [text] } : { from: text, to: text }
}

function Condition({ view: { column, says, typical } }: { readonly view: ColumnHistogram }) {
  const { name, categories, kind } = column
  const value = given.value[name]!
  const hasGaps = model.value!.gaps[name]
  const id = `given-${name}`
  const problem =
    isRange(value) && isOpen(value)
      ? categories
        ? 'tick one or more'
        : 'give one end or both'
      : condition.value?.problems[name]
  const free = (
    <button
      type="button"
      class="small"
      aria-label={`Leave ${name} free`}
      onClick={() => setGiven(name, undefined)}
    >
      ×
    </button>
  )
  // names to tick take lines of their own
  const hasTicks = isRange(value) && categories !== undefined
  return (
    <div class="field condition">
      <label for={isRange(value) ? `${id}-way` : id}>{name}</label>
      {kind !== 'boolean' && (
        <select
          id={`${id}-way`}
          class="way"
          aria-label={`How ${name} is given`}
          value={isRange(value) ? 'range' : 'value'}
          onChange={() => setGiven(name, otherWay(column, value, typical))}
        >
          <option value="value">is</option>
          <option value="range">{categories ? 'is one of' : 'is within'}</option>
        </select>
      )}
      {hasTicks && free}
      {isRange(value) ? (
        <RangeFields column={column} says={says} range={value} onChange={(range) => setGiven(name, range)} />
      ) : categories ? (
        <select
          id={id}
          value={String(value)}
          onChange={({ currentTarget }) => setGiven(name, currentTarget.value)}
        >
          {categories.map((category) => (
            <option key={category} value={category}>
              {category}
            </option>
          ))}
          {hasGaps && <option value="">(missing)</option>}
        </select>
      ) : (
        <input
          id={id}
          type="text"
          inputMode={kind === 'date' ? 'text' : 'decimal'}
          title={says}
          required={!hasGaps}
          placeholder="missing"
          aria-describedby={problem ? `${id}-problem` : undefined}
          value={value === null ? '' : String(value)}
          onInput={({ currentTarget }) => setGiven(name, currentTarget.value)}
        />
      )}
      {!hasTicks && free}
      {problem && (
        <span class="wrong" id={`${id}-problem`} role="status">
          {sentence(problem)}
        </span>
      )}
    </div>
  )
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
