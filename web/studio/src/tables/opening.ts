import { status } from '../problem.ts'
import type { RunNotes } from '../run-notes.ts'
import { notes, type OpenRun, page, phase } from '../state.ts'
import { modelFile, openModel, readFiles } from './kept-tables.ts'
import { show } from './reading.ts'
import { currentTables } from './state.ts'

/** Opens a stored run of several tables, which this tab holds. Throws InputError if files of it are lost. */
export async function openTables(open: OpenRun, runNotes: RunNotes): Promise<void> {
  const { files: names, schema } = runNotes.tables!
  const files = await readFiles(open.run, names)
  const shown = await currentTables().read(files, schema)
  // closing lets the former run go, which this one is not
  page.open = undefined
  await show(shown, files)
  page.open = open
  notes.value = runNotes
  phase.value = 'paused'
  const bytes = runNotes.isDone ? await open.run.readFile(modelFile) : undefined
  if (!bytes) {
    // a lost model is made again from the runs
    status.value = `The training of ${runNotes.name} is paused. Continue when you like.`
    return
  }
  await openModel(new Uint8Array(await bytes.arrayBuffer()))
  status.value = `The models of ${runNotes.name} are open. Generate rows of all tables now.`
}
