import { signal } from '@preact/signals'
import type { ColumnType } from 'moonstep/web'
import { askedRows } from './asking.ts'
import { minCategory, rules, table, types } from './state.ts'

/** What a link holds: settings and the names of columns, never a condition or a cell. */
export interface Settings {
  readonly columns: readonly string[]
  readonly types: Readonly<Record<string, ColumnType | 'drop'>>
  readonly rules: readonly string[]
  readonly minCategory: number
  readonly count: number
  readonly seed: number
}

/** The settings of the link that opened the page, until a file with such columns has them. */
export const offered = signal<Settings | undefined>(settingsIn(location.hash))

/** Rules that name columns alone: others may quote a cell. */
const ofColumnsAlone = /^(unique|seen)\(.*\)$|^[^'"\d]+ (<|<=|=) [^'"\d]+$/

/** A link to the page with the settings of the open table. It says whether rules were left out. */
export function shareLink(): { readonly link: string; readonly leftOut: number } {
  const [shown, asked] = [table.value!, askedRows()]
  const shared = rules.value.filter((rule) => ofColumnsAlone.test(rule) && !/\bin\b/.test(rule))
  const settings: Settings = {
    columns: [...shown.columns.map(({ column }) => column.name), ...shown.leftOut.map(({ name }) => name)],
    types: types.value,
    rules: shared,
    minCategory: minCategory.value,
    count: asked.count,
    seed: asked.seed,
  }
  const bytes = new TextEncoder().encode(JSON.stringify(settings))
  const text = btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
  const { origin, pathname } = location
  return { link: `${origin}${pathname}#settings=${text}`, leftOut: rules.value.length - shared.length }
}

/** The settings in an address; undefined if it has none, or if they are broken. */
function settingsIn(hash: string): Settings | undefined {
  const [, text] = /^#settings=([\w-]+)$/.exec(hash) ?? []
  if (text === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
    const { columns, ...settings } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Settings>
    if (!Array.isArray(columns)) return undefined
    return { types: {}, rules: [], minCategory: 1, count: 1000, seed: 7, ...settings, columns }
  } catch {
    return undefined
  }
}

/** The settings that a file with these columns takes from the link; undefined if it has other columns. */
export function settingsFor(columns: readonly string[]): Settings | undefined {
  const settings = offered.value
  const has = new Set(columns)
  if (!settings?.columns.every((name) => has.has(name))) return undefined
  offered.value = undefined
  return settings
}
