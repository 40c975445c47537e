import { type ReadonlySignal, signal } from '@preact/signals'
import type { ColumnChoice, Remote } from 'moonstep/web'
import type { Kept, KeptRun } from './kept.ts'
import { fail, type Place, problem } from './problem.ts'
import type { RunNotes } from './run-notes.ts'
import type { Step } from './step-names.ts'
import type { Hold } from './tabs.ts'
import type { Training } from './training.ts'
import type { Session } from './worker/session.ts'
import type { ModelView, TableView } from './worker/views.ts'

/** The phase of the page's table. */
export type Phase = 'empty' | 'reading' | 'read' | 'training' | 'paused' | 'opening' | 'trained'

export const phase = signal<Phase>('empty')
/** How far a file is read, from 0 to 1; undefined while it can't be known, as when the kinds of its columns are found. */
export const readShare = signal<number>()
export const table = signal<TableView>()
/** Several tables that are open instead of one. */
export const several = signal<Several>()
export const model = signal<ModelView>()
export const notes = signal<RunNotes>()
/** The rules for the next training, as on the command line. */
export const rules = signal<readonly string[]>([])
/** Names with fewer rows are merged into one by the next training. */
export const minCategory = signal(1)
/** How columns are to be read, where the user has said so. */
export const types = signal<NonNullable<ColumnChoice['types']>>({})
/** Whether runs persist when the tab is closed; undefined until known. */
export const staysWhenClosed = signal<boolean>()
/** A way back to what the last action replaced. */
export const undo = signal<Undo>()

export interface Undo {
  readonly label: string
  readonly act: () => Promise<void>
}

/** Several tables, whose code is loaded behind the page: most visitors have one. */
export interface Several {
  readonly name: string
  /** A view of each step that they have. */
  readonly views: Readonly<Partial<Record<Step, () => preact.JSX.Element>>>
  readonly hasModel: ReadonlySignal<boolean>
  readonly hasSamples: ReadonlySignal<boolean>
  /** The way back to them, once others replace them. */
  wayBack(): Undo
  /** Ends a training with a checkpoint, and resolves when nothing runs. */
  end(): Promise<void>
  close(): Promise<void>
}

/** Two to four threads if the page may share memory between them; more don't help. */
export const threads = globalThis.SharedArrayBuffer ? Math.min(4, navigator.hardwareConcurrency || 1) : 1

/** A file and how to read it. */
export interface Source {
  readonly file: File
  readonly choice: ColumnChoice
}

/** The run of the table, and this tab's hold on it. */
export interface OpenRun extends Hold {
  readonly run: KeptRun
}

/** What the page has once it has started, and what is open in it. */
export interface Page {
  readonly kept: Kept
  readonly session: Remote<Session>
  readonly training: Training
  /** The table's source; undefined if it is a stored run's. */
  taken: Source | undefined
  /** The last requested source, which may have been refused. */
  asked: Source | undefined
  open: OpenRun | undefined
}

/** Set when the page starts. */
export let page: Page

export function setPage(started: Page): void {
  page = started
}

export const currentSession = (): Remote<Session> => page.session

/** Runs a task during a phase; if it fails, restores the phase and shows the problem next to its control. */
export async function attempt(
  during: Phase,
  at: Place,
  task: () => Promise<void>,
  onProblem: (error: unknown) => void = (error) => fail(at, error),
): Promise<void> {
  const before = phase.value
  phase.value = during
  problem.value = undefined
  try {
    await task()
  } catch (error) {
    phase.value = before
    onProblem(error)
  }
}

/** Whether a file can be read, or a run opened, now. */
export const isFree = (): boolean => ['empty', 'read', 'paused', 'trained'].includes(phase.value)

/** Whether a model can be asked. */
export const isOpenModel = (): boolean =>
  (model.value !== undefined || several.value?.hasModel.value === true) && phase.value === 'trained'

/** Whether a table, or several, are open. */
export const isOpen = (): boolean => table.value !== undefined || several.value !== undefined

/** The name of what is open. */
export const openName = (): string | undefined => several.value?.name ?? table.value?.name

/** Pauses a training, and resolves when nothing runs. */
export async function endTraining(): Promise<void> {
  await several.value?.end()
  await page.training.end()
}

/** Whether kinds can be changed: a stored run no longer has its file. */
export const canChoose = (): boolean => table.value !== undefined && page.taken !== undefined

/** Empties the page. What is stored stays. */
export async function closeTable(): Promise<void> {
  page.open?.release()
  page.open = undefined
  page.taken = undefined
  page.asked = undefined
  await page.session.forget()
  await several.value?.close()
  several.value = undefined
  page.training.reset()
  problem.value = undefined
  undo.value = undefined
  rules.value = []
  minCategory.value = 1
  types.value = {}
  table.value = undefined
  model.value = undefined
  notes.value = undefined
  phase.value = 'empty'
}
