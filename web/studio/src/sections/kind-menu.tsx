import type { ColumnKind, ColumnType } from 'moonstep/web'
import { useState } from 'preact/hooks'
import { isFree, setKind } from '../state.ts'

/** Names of kinds for people. */
export const kindNames: Record<ColumnKind, string> = {
  number: 'number',
  integer: 'whole number',
  category: 'category',
  boolean: 'yes or no',
  date: 'date',
  key: 'row number',
}

const typeNames: Record<Exclude<ColumnType, ColumnKind>, string> = {
  'date:dmy': 'dates with the day first',
  'date:mdy': 'dates with the month first',
  'date:ymd': 'dates with the year first',
  'number:1,234.5': 'numbers such as 1,234.5',
  'number:1.234,5': 'numbers such as 1.234,5',
  'integer:1,234.5': 'whole numbers such as 1,234',
  'integer:1.234,5': 'whole numbers such as 1.234',
}

/** The name of a kind for people, with what its cells are read by. */
export function typeName(type: ColumnType): string {
  return { ...kindNames, ...typeNames }[type]
}

/** A menu of a column's kind. */
export function KindMenu({
  name,
  kind,
  isIn,
}: {
  readonly name: string
  readonly kind: ColumnKind
  readonly isIn: boolean
}) {
  const [key, setKey] = useState(0)
  const choose = async (chosen: string) => {
    await setKind(name, chosen as ColumnKind | 'drop')
    // if refused, the menu shows the previous kind
    setKey(key + 1)
  }
  return (
    <select
      key={key}
      class="kind"
      aria-label={`Kind of ${name}`}
      disabled={!isFree()}
      value={isIn ? kind : 'drop'}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    >
      {(Object.keys(kindNames) as ColumnKind[]).map((each) => (
        <option key={each} value={each}>
          {kindNames[each]}
        </option>
      ))}
      <option value="drop">left out</option>
    </select>
  )
}
