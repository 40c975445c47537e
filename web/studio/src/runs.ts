import { signal } from '@preact/signals'
import { exportModel, humanCount, humanSeconds, InputError, messageOf } from 'moonstep/web'
import { confirmed } from './confirmation.tsx'
import type { KeptRun } from './kept.ts'
import { fail, problem, status } from './problem.ts'
import type { RunNotes } from './run-notes.ts'
import { tablesCode } from './several.ts'
import {
  closeTable,
  endTraining,
  isFree,
  minCategory,
  model,
  notes,
  type OpenRun,
  openName,
  page,
  phase,
  rules,
  table,
  threads,
  types,
  undo,
} from './state.ts'
import { go } from './steps.ts'
import { heldRuns, hold, onNews, tell } from './tabs.ts'
import { trainerReady } from './workers.ts'

/** A run of this browser, as the list shows it. */
export interface RunView {
  readonly id: string
  /** Undefined if they are lost. */
  readonly notes: RunNotes | undefined
  /** In bytes. */
  readonly size: number
  readonly isHere: boolean
  /** Whether another tab has it open. */
  readonly isElsewhere: boolean
}

/** The latest first. */
export const runs = signal<readonly RunView[]>([])

/** How many milliseconds a tab may take to let a run go. */
const patience = { opening: 1500, forgetting: 5000 }

export async function listRuns(): Promise<void> {
  const { kept, open } = page
  const ids = await kept.ids()
  const held = await heldRuns(ids)
  const views = ids.map(async (id): Promise<RunView> => {
    const run = kept.run(id)
    const isHere = open?.run.id === id
    const [notes, size] = await Promise.all([run.readNotes(), run.size().catch(() => 0)])
    return { id, notes, size, isHere, isElsewhere: held.has(id) && !isHere }
  })
  const shown = (await Promise.all(views)).filter(({ notes, isElsewhere }) => notes || !isElsewhere)
  runs.value = shown.sort((a, b) => (b.notes?.begun ?? 0) - (a.notes?.begun ?? 0))
}

/** The name of a run in sentences. */
export const nameOfRun = ({ notes }: Pick<RunView, 'notes'>): string =>
  notes?.name ?? 'A run without its notes'

/** Takes a run for this tab, and lets the former one go. */
export async function holdRun(run: KeptRun): Promise<OpenRun> {
  const held = await hold(run.id, patience.opening)
  if (held) return { run, release: held.release }
  const notes = await run.readNotes()
  throw new InputError(
    `${nameOfRun({ notes })} is open in another tab: go on there, or close that tab and open it here`,
    'conflict',
  )
}

/** Opens a stored run: its table, and its model or where its training was paused. */
export async function openRun(id: string): Promise<void> {
  if (!isFree()) return
  const { kept, session, training } = page
  problem.value = undefined
  phase.value = 'opening'
  const run = kept.run(id)
  status.value = 'Opening the run'
  let runNotes: RunNotes | undefined
  try {
    // this tab may have it already
    const open = page.open?.run.id === id ? page.open : await holdRun(run)
    if (page.open === open) page.open = undefined
    await closeTable()
    page.open = open
    phase.value = 'opening'
    runNotes = await run.readNotes()
    if (runNotes?.tables) {
      await (await tablesCode()).openTables(open, runNotes)
      return await listRuns()
    }
    if (!runNotes || runNotes.steps.length === 0 || !(await run.store.read('config')))
      throw new InputError(
        `${runNotes?.name ?? 'The run'} has lost files that it needs: forget it, and train again`,
        'not-found',
      )
    const shown = await session.restore(runNotes.file, run.store, runNotes.leftOut)
    table.value = shown
    // notes of the page's first version have no size
    notes.value = { ...runNotes, rows: shown.rows, columns: shown.columns.length }
    types.value = runNotes.choice.types ?? {}
    rules.value = runNotes.rules ?? []
    minCategory.value = runNotes.minCategory ?? 1
    training.restore(await run.store.read('history'), runNotes.steps.at(-1)!)
    if (runNotes.isDone) await openModel()
    else {
      phase.value = 'paused'
      status.value = `The training of ${runNotes.file} is paused. Continue when you like.`
    }
  } catch (error) {
    if (phase.value === 'opening') await closeTable()
    fail('runs', isSaid(error) ? error : damaged(nameOfRun({ notes: runNotes }), id, error))
  }
  await listRuns()
}

/** Whether an error already says what to do. */
const isSaid = (error: unknown) =>
  error instanceof InputError && (error.code === 'conflict' || error.code === 'not-found')

/** What to say of a run whose files can't be read. */
function damaged(name: string, id: string, error: unknown): InputError {
  const problem = messageOf(error).replaceAll(`${id}/`, '')
  return new InputError(
    `${name} can’t be opened, because its files are damaged (${problem}): forget it, and train again`,
    'bad-data',
  )
}

/** Makes the model of the open run, and loads it. */
export async function openModel(): Promise<void> {
  const { session, training } = page
  const { run } = page.open!
  phase.value = 'opening'
  await trainerReady
  const { model: bytes } = await exportModel({ run: run.store })
  const { table: shown, ...opened } = await session.open(run.store, bytes, threads)
  if (shown) {
    table.value = shown
    notes.value = { ...notes.value!, leftOut: shown.leftOut }
    await run.writeNotes(notes.value)
  }
  model.value = opened
  phase.value = 'trained'
  const { seconds } = training
  status.value = `The model is trained${seconds.value ? `, in ${humanSeconds(seconds.value)}` : ''}. It learned from ${humanCount(model.value.rows.train)} rows of ${table.value!.name}; generate new ones now.`
}

export async function renameRun({ id, notes: former }: RunView, name: string): Promise<void> {
  const trimmed = name.trim()
  if (!former || trimmed === '' || trimmed === former.name) return
  // of the open run, what has been written since counts
  const renamed = { ...(page.open?.run.id === id ? (notes.value ?? former) : former), name: trimmed }
  if (page.open?.run.id === id) notes.value = renamed
  await page.kept.run(id).writeNotes(renamed)
  tell({ type: 'changed' })
  await listRuns()
}

/** Forgets a run, wherever it is open, if the user agrees. */
export async function forgetRun(view: RunView): Promise<void> {
  const agrees = await confirmed({
    title: `Forget ${nameOfRun(view)}?`,
    text: `Its rows, its model and all that was generated are deleted from this browser${view.isElsewhere ? ', and from the other tab that has it open' : ''}. This can’t be undone.`,
    yes: 'Forget',
    no: 'Keep',
  })
  if (!agrees) return
  await forget(view.id)
  status.value = `${nameOfRun(view)} is forgotten: nothing of it remains in this browser.`
}

/** Forgets the open table and its run, and every other run, if the user agrees. */
export async function forgetAll(): Promise<void> {
  const agrees = await confirmed({
    title: 'Forget everything?',
    text: 'All tables, models and generated rows are deleted from this browser, and from its other tabs. This can’t be undone.',
    yes: 'Forget everything',
    no: 'Keep',
  })
  if (!agrees) return
  for (const id of await page.kept.ids()) await forget(id)
  await closeTable()
  go('data')
  status.value = 'Everything is forgotten: nothing remains in this browser.'
}

async function forget(id: string): Promise<void> {
  const { kept } = page
  if (page.open?.run.id === id) {
    await endTraining()
    await closeTable()
    go('data')
  } else tell({ type: 'forgotten', id })
  // another tab may still be ending its training
  const held = await hold(id, patience.forgetting)
  await kept.run(id).remove()
  held?.release()
  if (undo.value) undo.value = undefined
  tell({ type: 'changed' })
  await listRuns()
}

/** Follows what other tabs do to the runs. */
export function followTabs(): void {
  onNews(async (news) => {
    if (news.type === 'forgotten' && page.open?.run.id === news.id) {
      await endTraining()
      const name = notes.value?.name ?? openName()
      await closeTable()
      go('data')
      status.value = `${name} was forgotten in another tab.`
    }
    await listRuns()
  })
}
