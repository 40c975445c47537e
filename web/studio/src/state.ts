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
  type Rule,
} from 'moonstep/web'
import { type Kept, openKept, type RunNotes } from './kept.ts'
import { createTraining, holdoutFor, type Training } from './training.ts'
import type { Session } from './worker/session.ts'
import type { ModelView, TableView } from './worker/views.ts'
import { startSession, trainerReady, workersReady } from './workers.ts'

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
/** The rules for the next training, as on the command line. */
export const rules = signal<readonly string[]>([])
/** How columns are to be read, where the user has said so. */
export const types = signal<NonNullable<ColumnChoice['types']>>({})
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
  session = connect<Session>(startSession(), "the table's worker").calls
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
    types.value = found.choice.types ?? {}
    rules.value = found.rules ?? []
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
async function attempt(
  during: Phase,
  task: () => Promise<void>,
  onProblem: (error: unknown) => void = fail,
): Promise<void> {
  const before = phase.value
  phase.value = during
  problem.value = ''
  try {
    await task()
  } catch (error) {
    phase.value = before
    onProblem(error)
  }
}

export function fail(error: unknown): void {
  problem.value = sentenceOf(error)
  status.value = ''
}

/** What went wrong, as a sentence. */
export function sentenceOf(error: unknown): string {
  const message = messageOf(error)
  return /[.!?]$/.test(message) ? message : `${message}.`
}

/** Reads a chosen or dropped file. */
export function take(file: File): Promise<void> {
  return read({ file, choice: {} })
}

async function read(source: Source, onProblem?: (error: unknown) => void): Promise<void> {
  const { file, choice } = source
  asked = source
  const read = async () => {
    status.value = `Reading ${file.name}`
    const onReading = ({ done, count }: { done: number; count: number }) => {
      if (phase.value === 'reading' && count > 4e6)
        status.value = `Reading ${file.name}: ${Math.floor((100 * done) / count)} %`
    }
    const shown = await session.read(file, choice, onReading)
    training.reset()
    model.value = undefined
    notes.value = undefined
    // of another file, rules are others
    if (taken?.file !== file) rules.value = []
    taken = source
    types.value = choice.types ?? {}
    table.value = shown
    phase.value = 'read'
    status.value = `${shown.name} has ${counted(shown.rows, 'row')} of ${counted(shown.columns.length, 'column')}. Train a model on it.`
    await keepRules()
  }
  await attempt('reading', read, onProblem)
}

/** Takes those rules back that the columns, read in another way, no longer allow. */
async function keepRules(): Promise<void> {
  for (const rule of rules.value) {
    try {
      await session.stateRule(rule)
    } catch {
      removeRule(rule)
      status.value = `${status.value} The rule ${rule} was taken back: the columns no longer allow it.`
    }
  }
}

/** States a rule, which the rows must meet. Throws InputError on one that can't be, or that rows break. */
export async function addRule(rule: Rule | string): Promise<void> {
  const text = await session.stateRule(rule)
  if (!rules.value.includes(text)) rules.value = [...rules.value, text]
}

export function removeRule(rule: string): void {
  rules.value = rules.value.filter((each) => each !== rule)
}

/** Changes a column's kind, or leaves it out, and reads the file again. */
export function setKind(column: string, kind: ColumnType | 'drop'): Promise<void> {
  return read(withKind(taken!, column, kind))
}

/** The same for a form of texts; what is wrong with it is returned, not shown with the file. */
export async function setForm(column: string, expression: string): Promise<string> {
  let wrong = ''
  await read(withKind(taken!, column, `/${expression}/`), (error) => {
    wrong = sentenceOf(error)
  })
  return wrong
}

/** Reads a column in the way that its cells suggest. */
export function setFound(column: string): Promise<void> {
  const { [column]: _, ...rest } = types.value
  return read({ file: taken!.file, choice: { types: rest } })
}

/** Has all names and words made in a language. */
export function setLanguage(locale: string): Promise<void> {
  const made = table.value!.columns.flatMap(({ column: { name, maker } }) =>
    maker?.by === 'faker' && !maker.sentences ? [[name, `${maker.method}:${locale}` as ColumnType]] : [],
  )
  return read({ file: taken!.file, choice: { types: { ...types.value, ...Object.fromEntries(made) } } })
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

export async function train(): Promise<void> {
  const shown = table.value!
  const holdout = holdoutFor(shown.rows)
  await attempt('training', async () => {
    status.value = `Training on ${shown.name}`
    model.value = undefined
    const stated = rules.value
    const { steps } = await training.begin({ holdout, rules: stated }, async (steps) => {
      notes.value = {
        file: shown.name,
        choice: taken!.choice,
        leftOut: shown.leftOut,
        ...(stated.length > 0 && { rules: stated }),
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
  await trainerReady
  const { model: bytes } = await exportModel({ run: kept.store })
  const { table: shown, ...opened } = await session.open(kept.store, bytes, threads)
  if (shown) {
    table.value = shown
    notes.value = { ...notes.value!, leftOut: shown.leftOut }
    await kept.writeNotes(notes.value)
  }
  model.value = opened
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
  rules.value = []
  types.value = {}
  table.value = undefined
  model.value = undefined
  notes.value = undefined
  phase.value = 'empty'
  status.value = 'The table is forgotten: nothing of it remains in this browser.'
}
