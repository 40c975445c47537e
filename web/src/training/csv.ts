import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import { InputError, messageOf } from '../../../src/core/errors.ts'
import { columnRanges } from '../../../src/numerics/points.ts'
import { type NamedTable, pointsOf } from '../../../src/table/table.ts'
import type { Lesson } from '../lesson.ts'
import { element, showText } from '../page.ts'

export interface ChosenCsv {
  readonly table: ReadonlySignal<NamedTable | undefined>
  /** What is wrong with the last file; the one before it stays. */
  readonly problem: Signal<string>
}

/** Takes a CSV file to train on, chosen or dropped on the training section. `onTaken` is called once it is read. */
export function takeCsv({ worker }: Lesson, onTaken: () => void): ChosenCsv {
  const table = signal<NamedTable>()
  const problem = signal('')
  const take = async (file: File) => {
    try {
      const read = await worker.readCsv(file, file.name, true)
      requireRanges(read)
      problem.value = ''
      table.value = read
      onTaken()
    } catch (error) {
      problem.value = messageOf(error)
    }
  }

  const input = element<HTMLInputElement>('train-file')
  input.addEventListener('change', async () => {
    if (input.files?.[0]) await take(input.files[0])
    // lets the reader choose the same file again once it is fixed
    input.value = ''
  })
  showText('train-file-name', () => {
    const { name, count } = table.value ?? {}
    return name ? `${name}, ${count} rows` : ''
  })

  const section = element('training')
  section.addEventListener('dragover', () => section.classList.add('over'))
  section.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!section.contains(relatedTarget as Node | null)) section.classList.remove('over')
  })
  section.addEventListener('drop', (event) => {
    section.classList.remove('over')
    const [file, ...others] = event.dataTransfer?.files ?? []
    // the page handles a model, with or without its CSV
    if (!file || others.length > 0 || !/\.csv$/i.test(file.name)) return
    event.preventDefault()
    event.stopPropagation()
    document.body.classList.remove('dropping')
    take(file)
  })
  return { table, problem }
}

/** Throws InputError on a column with a single value, which can't be scaled. */
function requireRanges({ name, ...table }: NamedTable): void {
  const { columns } = table
  const { min, max } = columnRanges(pointsOf(table))
  const d = columns.findIndex((_, d) => !(max[d]! > min[d]!))
  if (d >= 0)
    throw new InputError(
      `${name}, column ${columns[d]!.name} has only the value ${min[d]}: give two columns whose values differ`,
      'bad-data',
    )
}
