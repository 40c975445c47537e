import { signal } from '@preact/signals'
import type { FormEnding } from 'moonstep/web'
import { download, stemOf } from '../download.ts'
import { currentSession, table } from '../state.ts'

const forms: readonly (readonly [FormEnding, string])[] = [
  ['.csv', 'CSV'],
  ['.jsonl', 'JSON lines'],
  ['.parquet', 'Parquet'],
  ['.sql', 'SQL'],
]

export const form = signal<FormEnding>('.csv')

/** A button to download rows, with a choice of format. */
export function SaveRows({ of, label }: { readonly of: 'samples' | 'filled'; readonly label: string }) {
  const save = async () => {
    const blob = await currentSession().rowsFile(of, form.value)
    download(blob, `${stemOf(table.value!.name)}-${of === 'samples' ? 'synthetic' : 'filled'}${form.value}`)
  }
  const id = `form-${of}`
  return (
    <p class="actions">
      <button type="button" onClick={save}>
        {label}
      </button>
      <label for={id}>as</label>
      <select
        id={id}
        value={form.value}
        onChange={({ currentTarget }) => {
          form.value = currentTarget.value as FormEnding
        }}
      >
        {forms.map(([ending, name]) => (
          <option key={ending} value={ending}>
            {name}
          </option>
        ))}
      </select>
    </p>
  )
}
