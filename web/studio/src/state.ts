import { signal } from '@preact/signals'
import type { ColumnChoice, Remote } from 'moonstep/web'
import type { Kept, KeptRun, RunNotes } from './kept.ts'
import { fail, type Place, problem } from './problem.ts'
import type { Hold } from './tabs.ts'
import type { Training } from './training.ts'
import type { Session } from './worker/session.ts'
import type { ModelView, TableView } from './worker/views.ts'

/** The phase of the page's table. */
export type Phase = 'empty' | 'reading' | 'read' | 'training' | 'paused' | 'opening' | 'trained'

export const phase = signal<Phase>('empty')
export const table = signal<TableView>()
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
export const undo = signal<{ readonly label: string; readonly act: () => Promise<void> }>()

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

/** Runs a task during a phase; if it fails, restores the phase and shows the problem beside its control. */
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
export const isOpenModel = (): boolean => model.value !== undefined && phase.value === 'trained'

/** Whether kinds can be changed: a stored run no longer has its file. */
export const canChoose = (): boolean => table.value !== undefined && page.taken !== undefined

/** Empties the page. What is stored stays. */
export async function closeTable(): Promise<void> {
  page.open?.release()
  page.open = undefined
  page.taken = undefined
  page.asked = undefined
  await page.session.forget()
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
