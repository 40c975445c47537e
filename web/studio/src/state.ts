import { signal } from '@preact/signals'
import {
  type ColumnChoice,
  type ColumnType,
  connect,
  counted,
  exportModel,
  humanCount,
  humanSeconds,
  messageOf,
  type Remote,
} from 'moonstep/web'
import { type Kept, openKept, type RunNotes } from './kept.ts'
import { createTraining, type Training } from './training.ts'
import type { ModelView, Session, TableView } from './worker/session.ts'
import { startWorker, workersReady } from './workers.ts'

/** The phase of the page's table. */
export type Phase = 'empty' | 'reading' | 'read' | 'training' | 'paused' | 'opening' | 'trained'

export const phase = signal<Phase>('empty')
/** The status at the foot of the page, also for screen readers. */
export const status = signal('')
/** The last problem; empty if none. */
export const problem = signal('')
export const table = signal<TableView>()
export const model = signal<ModelView>()
export const notes = signal<RunNotes>()
/** Whether the run persists when the tab is closed; undefined until known. */
export const staysWhenClosed = signal<boolean>()

/** Two to four threads if the page may share memory between them; more don't help. */
export const threads = globalThis.SharedArrayBuffer ? Math.min(4, navigator.hardwareConcurrency || 1) : 1

let kept: Kept
let session: Remote<Session>
/** A file and how to read it. */
interface Source {
  readonly file: File
  readonly choice: ColumnChoice
}
/** The table's source, and the last requested one, which may have been refused. */
let [taken, asked]: [Source | undefined, Source | undefined] = [undefined, undefined]
export let training: Training

/** Prepares the page and shows the stored run, if any. */
export async function start(): Promise<void> {
  ;[kept] = await Promise.all([openKept(), workersReady])
  session = connect<Session>(startWorker('session'), "the table's worker").calls
  staysWhenClosed.value = kept.staysWhenClosed
  training = createTraining(session, kept.store, threads)
  const found = await kept.readNotes()
  if (!found) return
  await attempt('opening', async () => {
    if (!(await kept.store.read('config'))) {
      phase.value = 'empty'
      return
    }
    table.value = await session.restore(found.file, kept.store, found.leftOut)
    notes.value = found
    training.restore(await kept.store.read('history'), found.steps.at(-1)!)
    if (found.isDone) await openModel()
    else {
      phase.value = 'paused'
      status.value = `The training of ${found.file} is paused. Continue when you like.`
    }
  })
}

export const currentSession = (): Remote<Session> => session
export const currentStore = () => kept.store

/** Runs a task during a phase; if it fails, restores the phase and shows the problem. */
async function attempt(during: Phase, task: () => Promise<void>): Promise<void> {
  const before = phase.value
  phase.value = during
  problem.value = ''
  try {
    await task()
  } catch (error) {
    phase.value = before
    fail(error)
  }
}

export function fail(error: unknown): void {
  const message = messageOf(error)
  problem.value = /[.!?]$/.test(message) ? message : `${message}.`
  status.value = ''
}

/** Reads a chosen or dropped file. */
export function take(file: File): Promise<void> {
  return read({ file, choice: {} })
}

async function read(source: Source): Promise<void> {
  const { file, choice } = source
  asked = source
  await attempt('reading', async () => {
    status.value = `Reading ${file.name}`
    const onReading = ({ done, count }: { done: number; count: number }) => {
      if (phase.value === 'reading' && count > 4e6)
        status.value = `Reading ${file.name}: ${Math.floor((100 * done) / count)} %`
    }
    const shown = await session.read(file, choice, onReading)
    training.reset()
    model.value = undefined
    notes.value = undefined
    taken = source
    table.value = shown
    phase.value = 'read'
    status.value = `${shown.name} has ${counted(shown.rows, 'row')} of ${counted(shown.columns.length, 'column')}. Train a model on it.`
  })
}

/** Changes a column's kind, or leaves it out, and reads the file again. */
export function setKind(column: string, kind: ColumnType | 'drop'): Promise<void> {
  return read(withKind(taken!, column, kind))
}

/** The same for the refused file. */
export function mend(column: string, kind: ColumnType | 'drop'): Promise<void> {
  return read(withKind(asked!, column, kind))
}

function withKind({ file, choice }: Source, column: string, kind: ColumnType | 'drop'): Source {
  return { file, choice: { types: { ...choice.types, [column]: kind } } }
}

/** Whether a file can be read now. */
export const isFree = (): boolean => ['empty', 'read', 'paused', 'trained'].includes(phase.value)

/** Whether kinds can be changed: a stored run no longer has its file. */
export const canChoose = (): boolean => taken !== undefined

/** The share of held-out rows: a report needs at least twenty. */
export function holdoutFor(rows: number): number {
  return Math.min(0.5, Math.max(0.2, Math.ceil((100 * 21) / rows) / 100))
}

export async function train(): Promise<void> {
  const shown = table.value!
  const holdout = holdoutFor(shown.rows)
  await attempt('training', async () => {
    status.value = `Training on ${shown.name}`
    model.value = undefined
    const { steps } = await training.begin(holdout, async (steps) => {
      notes.value = {
        file: shown.name,
        choice: taken!.choice,
        leftOut: shown.leftOut,
        holdout,
        steps: [steps],
        isDone: false,
      }
      await kept.writeNotes(notes.value)
    })
    await finish(steps)
  })
}

/** Continues a paused run. */
export async function goOn(): Promise<void> {
  await attempt('training', async () => {
    status.value = 'Training continues'
    await finish((await training.goOn(notes.value!.steps.at(-1)!)).steps)
  })
}

/** Extends a finished run by half its length. */
export async function goOnForLonger(): Promise<void> {
  const { steps } = notes.value!
  const more = Math.round(1.5 * steps.at(-1)!)
  await attempt('training', async () => {
    status.value = 'Training for longer'
    notes.value = { ...notes.value!, steps: [...steps, more], isDone: false }
    await kept.writeNotes(notes.value)
    await finish((await training.goOn(more)).steps)
  })
}

export function pause(): void {
  training.pause()
}

async function finish(steps: number | undefined): Promise<void> {
  if (steps === undefined) {
    phase.value = 'paused'
    status.value = staysWhenClosed.value
      ? 'Paused. You may close the tab: the page keeps the run.'
      : 'Paused. This browser cannot store the run: leave the tab open.'
    return
  }
  notes.value = { ...notes.value!, isDone: true }
  await kept.writeNotes(notes.value)
  await openModel()
}

async function openModel(): Promise<void> {
  phase.value = 'opening'
  const { model: bytes } = await exportModel({ run: kept.store })
  model.value = await session.open(kept.store, bytes, threads)
  phase.value = 'trained'
  const { seconds } = training
  status.value = `The model is trained${seconds.value ? `, in ${humanSeconds(seconds.value)}` : ''}. It knows ${humanCount(model.value.rows.train)} rows of ${table.value!.name}; generate new ones now.`
}

/** Forgets the table, the run and all their results. */
export async function forget(): Promise<void> {
  await training.end()
  phase.value = 'opening'
  await kept.forget()
  await session.forget()
  training.reset()
  taken = undefined
  asked = undefined
  problem.value = ''
  table.value = undefined
  model.value = undefined
  notes.value = undefined
  phase.value = 'empty'
  status.value = 'The table is forgotten: nothing of it remains in this browser.'
}
