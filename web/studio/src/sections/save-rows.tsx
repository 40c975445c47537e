import { signal } from '@preact/signals'
import type { FormEnding } from 'moonstep/web'
import { download, stemOf } from '../download.ts'
import { fail, type Place } from '../problem.ts'
import { currentSession, table } from '../state.ts'

const forms: readonly (readonly [FormEnding, string])[] = [
  ['.csv', 'CSV'],
  ['.jsonl', 'JSON lines'],
  ['.parquet', 'Parquet'],
  ['.sql', 'SQL'],
]

export const form = signal<FormEnding>('.csv')

interface Saved {
  readonly of: 'samples' | 'filled'
  /** The number of the rows. */
  readonly rows: number
  readonly label: string
  /** Where it says what went wrong. */
  readonly at: Place
}

/** A button to download rows, with a choice of format. */
export function SaveRows({ of, rows, label, at }: Saved) {
  const save = async () => {
    const ending = form.value
    try {
      const blob = await currentSession().rowsFile(of, rows, ending)
      download(blob, `${stemOf(table.value!.name)}-${of === 'samples' ? 'synthetic' : 'filled'}${ending}`)
    } catch (error) {
      fail(at, error)
    }
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
