import { useState } from 'preact/hooks'
import { type ColumnKind, columnKinds } from '../../../../src/table/table.ts'
import { isFree, setKind } from '../session.ts'

/** The words for kinds that people use. */
export const kindNames: Record<ColumnKind, string> = {
  number: 'number',
  integer: 'whole number',
  category: 'category',
  boolean: 'yes or no',
  date: 'date',
  key: 'row number',
}

/** A column's kind, to be changed in place. */
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
    // where it is refused, the menu shows what still holds
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
      {columnKinds.map((each) => (
        <option key={each} value={each}>
          {kindNames[each]}
        </option>
      ))}
      <option value="drop">left out</option>
    </select>
  )
}
