import type { Connection, TrainingProgress } from 'moonstep/web'
import { humanSeconds } from 'moonstep/web'
import type { KeptRun } from '../kept.ts'
import { fail, problem, status } from '../problem.ts'
import { holdRun, listRuns } from '../runs.ts'
import { notes, type OpenRun, page, phase, threads, undo } from '../state.ts'
import { tell } from '../tabs.ts'
import { askToPersist, freeName, sayPaused } from '../training-run.ts'
import type { TablesSession } from '../worker/tables-session.ts'
import type { TableStores } from '../worker/tables-views.ts'
import { inPage } from './errors.ts'
import { modelFile, openModel, writeFiles } from './kept-tables.ts'
import {
  files,
  learned,
  model,
  nameOfTables,
  newSession,
  progress,
  type TableProgress,
  view,
} from './state.ts'

/** Trains a model of each table in a new run; earlier ones stay in the list. */
export function train(): Promise<void> {
  return track(trainAnew)
}

async function trainAnew(signal: AbortSignal): Promise<void> {
  const { schema, tables } = view.value!
  const { kept } = page
  const run = kept.run(kept.newId())
  const before = phase.value
  phase.value = 'training'
  problem.value = undefined
  let open: OpenRun | undefined
  try {
    open = await holdRun(run)
    askToPersist()
    await writeFiles(run, files.value)
    page.open?.release()
    page.open = open
    model.value = undefined
    undo.value = undefined
    notes.value = {
      name: freeName(nameOfTables.value),
      file: nameOfTables.value,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      columns: tables.reduce((sum, { columns }) => sum + columns.length, 0),
      begun: Date.now(),
      choice: {},
      leftOut: [],
      steps: [],
      isDone: false,
      tables: { files: files.value.map(({ name }) => name), schema },
    }
    await run.writeNotes(notes.value)
    tell({ type: 'changed' })
    await listRuns()
  } catch (error) {
    await run.remove()
    open?.release()
    if (page.open === open) page.open = undefined
    phase.value = before
    return fail('train', error)
  }
  await takeSteps(signal, false)
}

/** Continues a paused run: tables that are trained stay as they are, and the one that was training goes on. */
export async function goOn(): Promise<void> {
  phase.value = 'training'
  problem.value = undefined
  await track((signal) => takeSteps(signal, true))
}

let trainer: Connection<TablesSession> | undefined
let running: Promise<void> = Promise.resolve()
let controller = new AbortController()

/** Pauses a training, which may not have begun to train yet, and resolves once its checkpoint is written. */
export async function endTraining(): Promise<void> {
  controller.abort()
  await trainer?.calls.stop().catch(() => {})
  await running
}

function track(start: (signal: AbortSignal) => Promise<void>): Promise<void> {
  controller = new AbortController()
  running = start(controller.signal)
  return running
}

async function takeSteps(signal: AbortSignal, resume: boolean): Promise<void> {
  if (signal.aborted) {
    phase.value = 'paused'
    status.value = sayPaused()
    return
  }
  const { run } = page.open!
  const start = performance.now()
  status.value = `${resume ? 'Training continues' : 'Training'} on ${nameOfTables.value}`
  progress.value = Object.fromEntries(
    learned.value.map((name) => [name, { state: 'waiting', step: 0, steps: 1 }]),
  )
  let current: string | undefined
  const set = (name: string, change: Partial<TableProgress>) => {
    progress.value = { ...progress.value, [name]: { ...progress.value![name]!, ...change } }
  }
  // a worker of its own ends with its threads, and leaves the tables to the page meanwhile
  trainer = newSession()
  try {
    await trainer.calls.read(files.value, view.value!.schema)
    const options = {
      threads,
      resume,
      onTable(name: string) {
        if (current !== undefined) set(current, { state: 'trained', step: 1, steps: 1 })
        current = name
        set(name, { state: 'training' })
      },
      onProgress: ({ step, steps, loss }: TrainingProgress) => set(current!, { step, steps, loss }),
      onWork: () => set(current!, { state: 'measuring', step: 1, steps: 1 }),
    }
    const bytes = signal.aborted ? undefined : await trainer.calls.train(options, storesOf(run))
    if (!bytes) {
      phase.value = 'paused'
      status.value = sayPaused()
      return
    }
    progress.value = Object.fromEntries(
      learned.value.map((name) => [name, { state: 'trained', step: 1, steps: 1 }]),
    )
    await run.writeFile(modelFile, bytes as Uint8Array<ArrayBuffer>)
    notes.value = { ...notes.value!, isDone: true }
    await run.writeNotes(notes.value)
    await openModel(bytes)
    status.value = `The models are trained, in ${humanSeconds((performance.now() - start) / 1000)}. Generate rows of all tables now.`
  } catch (error) {
    phase.value = 'paused'
    fail('train', inPage(error))
  } finally {
    trainer?.close(new Error('the training has ended'))
    trainer = undefined
    await listRuns()
  }
}

/** The runs of the tables, each in a place of its own. */
function storesOf(run: KeptRun): TableStores {
  const names = Object.keys(view.value!.schema.tables)
  const part = (table: string) => run.part(`table-${names.indexOf(table)}`)
  return {
    read: (table, file) => part(table).read(file),
    writeTogether: (table, written) => part(table).writeTogether(written),
    append: (table, file, text) => part(table).append(file, text),
  }
}
