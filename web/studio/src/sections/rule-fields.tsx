import { type ColumnHistogram, type ColumnRange, isGenerated, type Range, type Rule } from 'moonstep/web'
import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { isOpen, RangeFields } from './range-fields.tsx'

/** The kinds of rules, in people's words. */
export const kinds = {
  order: 'compare two columns',
  range: 'keep a column in a range',
  unique: 'no two rows alike',
  seen: 'only combinations of the file',
  if: 'if … then …',
  typed: 'type a rule',
} as const
export type Kind = keyof typeof kinds

type Columns = readonly ColumnHistogram[]
interface FieldsProps {
  readonly columns: Columns
  /** Receives the rule; undefined while the fields do not say one. */
  readonly onAdd: (rule: Rule | string | undefined) => void
}

/** The columns that a network learns. */
const learned = (columns: Columns) => columns.filter(({ column }) => !isGenerated(column))

function AddButton() {
  return (
    <button type="submit" class="small">
      Add rule
    </button>
  )
}

/** A form that gives a rule once it is submitted. */
function RuleForm({
  rule,
  onAdd,
  children,
}: Pick<FieldsProps, 'onAdd'> & {
  readonly rule: () => Rule | string | undefined
  readonly children: ComponentChildren
}) {
  return (
    <form
      class="field rule"
      onSubmit={(event) => {
        event.preventDefault()
        onAdd(rule())
      }}
    >
      {children} <AddButton />
    </form>
  )
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, text: string])[]
  readonly onChange: (value: string) => void
}) {
  return (
    <select aria-label={label} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      {options.map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </select>
  )
}

const named = (columns: Columns) => columns.map(({ column: { name } }) => [name, name] as const)

const signs = [
  ['<=', '≤'],
  ['<', '<'],
  ['>=', '≥'],
  ['>', '>'],
  ['=', '='],
] as const

function OrderFields({ columns, onAdd }: FieldsProps) {
  const ordered = columns.filter(({ column: { kind } }) => ['number', 'integer', 'date'].includes(kind))
  const [left, setLeft] = useState(ordered[0]?.column.name ?? '')
  const [sign, setSign] = useState('<=')
  const [right, setRight] = useState(ordered[1]?.column.name ?? '')
  if (ordered.length < 2)
    return <p class="quiet">Your file has no two columns of numbers or dates to compare.</p>
  const rule = (): Rule => {
    if (sign === '=') return { kind: 'sum', column: left, by: [right], times: [1] }
    const isRising = sign.startsWith('<')
    return {
      kind: 'order',
      columns: isRising ? [left, right] : [right, left],
      strict: [!sign.endsWith('=')],
    }
  }
  return (
    <RuleForm rule={rule} onAdd={onAdd}>
      <Choice label="Left column" value={left} options={named(ordered)} onChange={setLeft} />
      <Choice label="Sign" value={sign} options={signs} onChange={setSign} />
      <Choice label="Right column" value={right} options={named(ordered)} onChange={setRight} />
    </RuleForm>
  )
}

function ColumnRangeFields({ columns, onAdd }: FieldsProps) {
  const possible = learned(columns)
  const [name, setName] = useState(possible[0]?.column.name ?? '')
  const [range, setRange] = useState<Range>({})
  const view = possible.find(({ column }) => column.name === name)
  if (!view) return <p class="quiet">Your file has no column that is learned.</p>
  return (
    <RuleForm
      rule={() => (isOpen(range) ? undefined : { kind: 'range', column: name, ...range })}
      onAdd={onAdd}
    >
      <Choice
        label="Column"
        value={name}
        options={named(possible)}
        onChange={(next) => {
          setName(next)
          setRange({})
        }}
      />
      <RangeFields column={view.column} says={view.says} range={range} onChange={setRange} />
    </RuleForm>
  )
}

/** Columns to tick. */
const columnsFields =
  (kind: 'unique' | 'seen', says: string) =>
  ({ columns, onAdd }: FieldsProps) => {
    const possible = kind === 'unique' ? columns : learned(columns)
    const [ticked, setTicked] = useState<readonly string[]>([])
    const rule = (): Rule | undefined => (ticked.length === 0 ? undefined : { kind, columns: ticked })
    return (
      <RuleForm rule={rule} onAdd={onAdd}>
        <fieldset class="ticks">
          <legend>{says}</legend>
          {possible.map(({ column: { name } }) => (
            <label class="check" key={name}>
              <input
                type="checkbox"
                checked={ticked.includes(name)}
                onChange={({ currentTarget }) =>
                  setTicked(
                    currentTarget.checked ? [...ticked, name] : ticked.filter((each) => each !== name),
                  )
                }
              />{' '}
              {name}
            </label>
          ))}
        </fieldset>
      </RuleForm>
    )
  }

/** What a condition says of a cell. */
const comparisons = {
  is: (value: string) => ({ in: [value] }),
  'is not': (value: string) => ({ not: [value] }),
  'is at least': (value: string) => ({ from: value }),
  'is at most': (value: string) => ({ to: value }),
  'is there': () => ({ isSet: true }),
  'is missing': () => ({ isSet: false }),
} satisfies Record<string, (value: string) => Omit<ColumnRange, 'column'>>
type Comparison = keyof typeof comparisons

const needsValue = (comparison: Comparison) => comparison !== 'is there' && comparison !== 'is missing'

interface Part {
  readonly column: string
  readonly comparison: Comparison
  readonly value: string
}

function ConditionFields({
  columns,
  label,
  part: { column, comparison, value },
  onChange,
}: {
  readonly columns: Columns
  readonly label: 'If' | 'Then'
  readonly part: Part
  readonly onChange: (part: Part) => void
}) {
  const view = columns.find((each) => each.column.name === column)!
  const { categories, kind } = view.column
  const possible = (Object.keys(comparisons) as Comparison[]).filter(
    (each) => !categories || !['is at least', 'is at most'].includes(each),
  )
  const name = (what: string) => `${label}: ${what}`
  return (
    <span class="condition-of-rule">
      {label.toLowerCase()}{' '}
      <Choice
        label={name('column')}
        value={column}
        options={named(columns)}
        onChange={(next) => onChange({ column: next, comparison: 'is', value: firstValue(columns, next) })}
      />{' '}
      <Choice
        label={name('comparison')}
        value={comparison}
        options={possible.map((each) => [each, each] as const)}
        onChange={(next) => onChange({ column, comparison: next as Comparison, value })}
      />{' '}
      {needsValue(comparison) &&
        (categories ? (
          <Choice
            label={name('value')}
            value={value}
            options={categories.map((each) => [each, each] as const)}
            onChange={(next) => onChange({ column, comparison, value: next })}
          />
        ) : (
          <input
            type="text"
            class="end"
            required
            inputMode={kind === 'date' ? 'text' : 'decimal'}
            aria-label={name('value')}
            title={view.says}
            value={value}
            onInput={({ currentTarget }) =>
              onChange({ column, comparison, value: currentTarget.value.trim() })
            }
          />
        ))}
    </span>
  )
}

/** The first name of a column of names; numbers and dates are left to the user. */
function firstValue(columns: Columns, name: string): string {
  return columns.find(({ column }) => column.name === name)?.column.categories?.[0] ?? ''
}

function ImplicationFields({ columns, onAdd }: FieldsProps) {
  const possible = learned(columns)
  const first = (k: number): Part => {
    const column = (possible[k] ?? possible[0])?.column.name ?? ''
    return { column, comparison: 'is', value: firstValue(possible, column) }
  }
  const [when, setWhen] = useState(first(0))
  const [must, setMust] = useState(first(1))
  if (possible.length === 0) return <p class="quiet">Your file has no column that is learned.</p>
  const rangeOf = ({ column, comparison, value }: Part): ColumnRange => ({
    column,
    ...comparisons[comparison](value),
  })
  return (
    <RuleForm rule={() => ({ kind: 'if', when: [rangeOf(when)], must: [rangeOf(must)] })} onAdd={onAdd}>
      <ConditionFields columns={possible} label="If" part={when} onChange={setWhen} />{' '}
      <ConditionFields columns={possible} label="Then" part={must} onChange={setMust} />
    </RuleForm>
  )
}

function TypedFields({ onAdd }: FieldsProps) {
  const [text, setText] = useState('')
  return (
    <RuleForm rule={() => text.trim() || undefined} onAdd={onAdd}>
      <input
        type="text"
        class="typed"
        spellcheck={false}
        autocomplete="off"
        aria-label="Rule"
        placeholder="total = quantity * price"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
    </RuleForm>
  )
}

/** The fields that state a rule, by its kind. */
export const fieldsOf: Readonly<Record<Kind, (props: FieldsProps) => JSX.Element>> = {
  order: OrderFields,
  range: ColumnRangeFields,
  unique: columnsFields('unique', 'No two rows have the same'),
  seen: columnsFields('seen', 'Rows have only combinations that the file has of'),
  if: ImplicationFields,
  typed: TypedFields,
}
