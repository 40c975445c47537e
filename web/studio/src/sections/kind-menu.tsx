import type { ColumnKind } from 'moonstep/web'
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
