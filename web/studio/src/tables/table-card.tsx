import { counted } from 'moonstep/web'
import type { Schema } from 'moonstep/web/databases'
import { useState } from 'preact/hooks'
import { PreviewTable } from '../column-card.tsx'
import type { Place } from '../problem.ts'
import { Problem } from '../sections/problem.tsx'
import { isFree, phase } from '../state.ts'
import type { OneTableView } from '../worker/tables-views.ts'
import { correct } from './reading.ts'
import { isParent, targetsFor, withReference, withTable } from './schema-changes.ts'
import { view } from './state.ts'

/** A table: its key, its references, its order and whether it keeps its rows, each with a menu; and its first rows. */
export function TableCard({ table }: { readonly table: OneTableView }) {
  const { name, rows, columns, preview } = table
  const { key, references, rules = [] } = view.value!.schema.tables[name]!
  return (
    <section class="table-card" aria-labelledby={`table-${name}`}>
      <h3 id={`table-${name}`} tabIndex={-1}>
        {name}{' '}
        <span class="count">
          {counted(rows, 'row')}, {counted(columns.length, 'column')}
        </span>
      </h3>
      <KeyMenu table={table} />
      {references.map((reference, k) => (
        <ReferenceMenu key={reference.columns.join('\0')} table={table} index={k} />
      ))}
      <NewReference table={table} />
      {references.some((_, k) => isParent(view.value!.schema, name, k)) && <OrderMenu table={table} />}
      {key && <Keep name={name} />}
      {rules.length > 0 && (
        <p class="quiet">
          Every row meets{' '}
          {rules.map((rule) => (
            <code key={rule}>{rule} </code>
          ))}
        </p>
      )}
      <details>
        <summary>Columns and first rows</summary>
        <ul class="table-columns quiet">
          {columns.map((column) => (
            <li key={column.name}>
              <b>{column.name}</b> {column.says}
            </li>
          ))}
        </ul>
        <PreviewTable
          names={columns.map((column) => column.name)}
          cells={preview}
          title={`First rows of ${name}`}
        />
      </details>
    </section>
  )
}

interface MenuProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly choices: readonly (readonly [value: string, label: string])[]
  readonly at: Place
  readonly change: (value: string) => Schema
  readonly says?: string
}

/** A menu that changes the schema; what is wrong with a choice stands below it, and the menu shows what is so. */
function Menu({ id, label, value, choices, at, change, says }: MenuProps) {
  const [round, setRound] = useState(0)
  return (
    <>
      <p class="field">
        <label for={id}>{label}</label>
        <select
          key={round}
          id={id}
          disabled={!isFree()}
          value={value}
          onChange={async ({ currentTarget }) => {
            await correct(change(currentTarget.value), at)
            setRound(round + 1)
          }}
        >
          {choices.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
        {says && <span class="quiet">{says}</span>}
      </p>
      <Problem at={at} />
    </>
  )
}

/** Columns as a menu has them. */
const asValue = (columns: readonly string[]) => JSON.stringify(columns)

function KeyMenu({ table: { name, columns } }: { readonly table: OneTableView }) {
  const { schema } = view.value!
  const { key } = schema.tables[name]!
  const sorted = [...columns].sort((a, b) => Number(b.isUnique) - Number(a.isUnique))
  return (
    <Menu
      id={`key-${name}`}
      label="Key"
      value={key ? asValue(key) : ''}
      choices={[
        ['', 'none'],
        ...(key && key.length > 1 ? [[asValue(key), key.join(', ')] as const] : []),
        ...sorted.map((column): [string, string] => [
          asValue([column.name]),
          `${column.name}${column.isUnique ? '' : ' (values repeat)'}`,
        ]),
      ]}
      at={`tables/${name}/key`}
      change={(value) => withTable(schema, name, { key: value === '' ? undefined : JSON.parse(value) })}
    />
  )
}

function ReferenceMenu({ table: { name }, index }: { readonly table: OneTableView; readonly index: number }) {
  const shown = view.value!
  const { columns, table, optional } = shown.schema.tables[name]!.references[index]!
  const says = [
    isParent(shown.schema, name, index) ? 'rows are drawn with it' : '',
    optional ? 'some rows have none' : '',
  ].filter((text) => text !== '')
  return (
    <Menu
      id={`reference-${name}-${index}`}
      label={`${columns.join(', ')} ${columns.length > 1 ? 'refer' : 'refers'} to`}
      value={table}
      choices={[
        ['', 'no table'],
        ...targetsFor(shown.schema, columns).map((target): [string, string] => [target, target]),
      ]}
      at={`tables/${name}/reference ${columns.join(' ')}`}
      change={(value) => withReference(shown, name, index, columns, value === '' ? undefined : value)}
      says={says.join('; ')}
    />
  )
}

/** A reference that was not found: its column, then the table. */
function NewReference({ table: { name, columns } }: { readonly table: OneTableView }) {
  const shown = view.value!
  const { references } = shown.schema.tables[name]!
  const [chosen, setChosen] = useState('')
  const taken = new Set(references.flatMap((reference) => reference.columns))
  const free = columns.filter((column) => !taken.has(column.name))
  const targets = targetsFor(shown.schema, [chosen])
  if (free.length === 0 || targets.length === 0 || phase.value === 'training') return null
  const at: Place = `tables/${name}/new reference`
  return (
    <details class="new-reference">
      <summary>Another reference</summary>
      <p class="field">
        <label for={`from-${name}`}>Column</label>
        <select
          id={`from-${name}`}
          value={chosen}
          disabled={!isFree()}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        >
          <option value="">choose one</option>
          {free.map((column) => (
            <option key={column.name} value={column.name}>
              {column.name}
            </option>
          ))}
        </select>
        <label for={`to-${name}`}>refers to</label>
        <select
          id={`to-${name}`}
          value=""
          disabled={!isFree() || chosen === ''}
          onChange={async ({ currentTarget }) => {
            const { value } = currentTarget
            currentTarget.value = ''
            await correct(withReference(shown, name, references.length, [chosen], value), at)
          }}
        >
          <option value="">choose a table</option>
          {targets.map((target) => (
            <option key={target} value={target}>
              {target}
            </option>
          ))}
        </select>
      </p>
      <Problem at={at} />
    </details>
  )
}

/** The kinds of columns that have an order. */
const ordered = new Set(['date', 'integer', 'number'])

function OrderMenu({ table: { name, columns } }: { readonly table: OneTableView }) {
  const { schema } = view.value!
  const { order, references } = schema.tables[name]!
  const taken = new Set(references.flatMap((reference) => reference.columns))
  const may = columns.filter(
    (column) =>
      column.name === order || (ordered.has(column.kind) && !column.hasGaps && !taken.has(column.name)),
  )
  return (
    <Menu
      id={`order-${name}`}
      label="Rows of one parent follow each other by"
      value={order ?? ''}
      choices={[['', 'nothing'], ...may.map((column): [string, string] => [column.name, column.name])]}
      at={`tables/${name}/order`}
      change={(value) => withTable(schema, name, { order: value === '' ? undefined : value })}
    />
  )
}

function Keep({ name }: { readonly name: string }) {
  const { schema } = view.value!
  const { keep = false } = schema.tables[name]!
  const at: Place = `tables/${name}/keep`
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={keep}
          disabled={!isFree()}
          onChange={({ currentTarget }) =>
            correct(withTable(schema, name, { keep: currentTarget.checked || undefined }), at)
          }
        />{' '}
        keep its real rows, as of a list of countries
      </label>
      <Problem at={at} />
    </>
  )
}
