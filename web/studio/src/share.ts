import { signal } from '@preact/signals'
import { askedRows } from './asking.ts'
import { hashOf, mayShare, type Settings, settingsIn } from './link.ts'
import { fail } from './problem.ts'
import { minCategory, rules, table, types } from './state.ts'

/** The settings of the link that opened the page, until a file with such columns has them. */
export const offered = signal<Settings | undefined>(settingsOfPage())

function settingsOfPage(): Settings | undefined {
  try {
    return settingsIn(location.hash)
  } catch (error) {
    fail('file', error)
    return undefined
  }
}

/** A link to the page with the settings of the open table. It says whether rules were left out. */
export function shareLink(): { readonly link: string; readonly leftOut: number } {
  const [shown, asked] = [table.value!, askedRows()]
  const shared = rules.value.filter(mayShare)
  const hash = hashOf({
    columns: [...shown.columns.map(({ column }) => column.name), ...shown.leftOut.map(({ name }) => name)],
    types: types.value,
    rules: shared,
    minCategory: minCategory.value,
    count: asked.count,
    seed: asked.seed,
  })
  const { origin, pathname } = location
  return { link: `${origin}${pathname}${hash}`, leftOut: rules.value.length - shared.length }
}

/** The settings that a file with these columns takes from the link; undefined if it has other columns. */
export function settingsFor(columns: readonly string[]): Settings | undefined {
  const settings = offered.value
  const has = new Set(columns)
  if (!settings?.columns.every((name) => has.has(name))) return undefined
  offered.value = undefined
  return settings
}
