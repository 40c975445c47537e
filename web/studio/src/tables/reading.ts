import { batch } from '@preact/signals'
import { counted, humanCount } from 'moonstep/web'
import type { Schema } from 'moonstep/web/databases'
import { fail, type Place, status } from '../problem.ts'
import { openRun } from '../runs.ts'
import { attempt, closeTable, notes, page, phase, several, type Undo, undo } from '../state.ts'
import type { TablesView } from '../worker/tables-views.ts'
import { inPage } from './errors.ts'
import { currentTables, files, open, reset, view } from './state.ts'
import { endTraining } from './training.ts'

/** Reads files as tables, in place of what is open, to which `back` leads. */
export function takeTables(chosen: readonly File[], back: Undo | undefined): Promise<void> {
  return reading('file', async () => {
    status.value = `Reading ${counted(chosen.length, 'file')}`
    await show(await currentTables().read(chosen), chosen)
    undo.value = back
  })
}

/** Reads the tables again by another schema; what is wrong with it stands at the control that changed it. */
export function correct(schema: Schema, at: Place): Promise<void> {
  const { schema: before, notices } = view.value!
  const chosen = files.value
  const run = page.open?.run
  return reading(at, async () => {
    status.value = 'Reading the tables again'
    const shown = await currentTables().read(chosen, schema)
    // what was found at first is still what was found
    await show({ ...shown, notices: [...new Set([...notices, ...shown.notices])] }, chosen)
    undo.value = run
      ? { label: 'Back to the model', act: () => openRun(run.id) }
      : { label: 'Undo', act: () => correct(before, at) }
  })
}

/** Opens a schema.json for the tables that are open. */
export async function openSchema(file: File): Promise<void> {
  const at = 'tables/schema'
  try {
    await correct(await currentTables().parse(await file.text(), file.name), at)
  } catch (error) {
    fail(at, inPage(error))
  }
}

/** Shows tables that the worker has read, and closes what was open. */
export async function show(shown: TablesView, chosen: readonly File[]): Promise<void> {
  // the worker has these in place of the former ones, which need no closing
  if (several.value) {
    page.open?.release()
    page.open = undefined
  } else await closeTable()
  batch(() => {
    notes.value = undefined
    reset()
    files.value = chosen
    view.value = shown
    open(endTraining, () => ({
      label: `Back to ${nameOf(shown)}`,
      act: () => reading('file', async () => show(await currentTables().read(chosen, shown.schema), chosen)),
    }))
    phase.value = 'read'
  })
  const rows = shown.tables.reduce((sum, table) => sum + table.rows, 0)
  status.value = `${counted(shown.tables.length, 'table')}, ${humanCount(rows)} rows. See how they meet, then train.`
}

function nameOf({ tables }: TablesView): string {
  return tables.map(({ name }) => name).join(', ')
}

async function reading(at: Place, task: () => Promise<void>): Promise<void> {
  await attempt('reading', at, task, (error) => fail(at, inPage(error)))
}
