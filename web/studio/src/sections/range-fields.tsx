import type { Column, Range } from 'moonstep/web'

/** What a column's cells may be: numbers and dates from one to another, names by ticks. */
export function RangeFields({
  column: { name, kind, categories },
  says,
  range,
  onChange,
}: {
  readonly column: Column
  /** What its cells are like. */
  readonly says: string
  readonly range: Range
  readonly onChange: (range: Range) => void
}) {
  if (categories) {
    const ticked = range.in?.map(String) ?? []
    return (
      <fieldset class="ticks">
        <legend class="hidden">{`${name} is one of`}</legend>
        {categories.map((category) => (
          <label class="check" key={category}>
            <input
              type="checkbox"
              checked={ticked.includes(category)}
              onChange={({ currentTarget }) =>
                onChange({
                  in: categories.filter((each) =>
                    each === category ? currentTarget.checked : ticked.includes(each),
                  ),
                })
              }
            />{' '}
            {category}
          </label>
        ))}
      </fieldset>
    )
  }
  const end = (key: 'from' | 'to') => (
    <input
      type="text"
      class="end"
      inputMode={kind === 'date' ? 'text' : 'decimal'}
      aria-label={`${name} ${key}`}
      title={says}
      placeholder="any"
      value={String(range[key] ?? '')}
      onInput={({ currentTarget: { value } }) => {
        const { [key]: _, ...other } = range
        onChange(value.trim() === '' ? other : { ...other, [key]: value.trim() })
      }}
    />
  )
  return (
    <span class="ends-of-range">
      from {end('from')} to {end('to')}
    </span>
  )
}

/** Whether a range says nothing yet. */
export function isOpen({ in: some, from, to }: Range): boolean {
  return (some === undefined || some.length === 0) && from === undefined && to === undefined
}
