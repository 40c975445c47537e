import { fail, problem, status } from './problem.ts'
import { holdRun, listRuns, openModel, runs } from './runs.ts'
import {
  endTraining,
  minCategory,
  model,
  notes,
  page,
  phase,
  rules,
  staysWhenClosed,
  table,
  types,
  undo,
} from './state.ts'
import { tell } from './tabs.ts'

/** Whether the browser has promised not to delete the runs when it is short of space; undefined if it was not asked. */
let isPersistent: boolean | undefined

/** Asks the browser for that promise. Firefox asks its user, who may take a while to answer. */
export function askToPersist(): void {
  navigator.storage?.persist?.().then(
    (agrees) => {
      isPersistent = agrees
    },
    () => {},
  )
}

/** Trains a new model on the table; earlier ones stay in the list. */
export async function train(): Promise<void> {
  const shown = table.value!
  const { kept, training, taken } = page
  const run = kept.run(kept.newId())
  const before = phase.value
  const former = page.open
  let open: typeof page.open
  phase.value = 'training'
  problem.value = undefined
  try {
    status.value = `Preparing ${shown.name}`
    askToPersist()
    const [stated, least] = [rules.value, minCategory.value]
    const { steps } = await training.begin(
      async () => {
        open = await holdRun(run)
        return run.store
      },
      { rules: stated, minCategory: least },
      async (steps) => {
        former?.release()
        page.open = open
        model.value = undefined
        undo.value = undefined
        notes.value = {
          name: freeName(shown.name),
          file: shown.name,
          rows: shown.rows,
          columns: shown.columns.length,
          begun: Date.now(),
          ...(shown.digest && { digest: shown.digest }),
          choice: { ...taken!.choice, types: types.value },
          leftOut: shown.leftOut,
          ...(stated.length > 0 && { rules: stated }),
          ...(least > 1 && { minCategory: least }),
          steps: [steps],
          isDone: false,
        }
        await run.writeNotes(notes.value)
        status.value = `Training on ${shown.name}`
        tell({ type: 'changed' })
        await listRuns()
      },
    )
    if (page.open?.run === run) return await finish(steps)
    await withdraw()
    status.value = 'Paused before the training began.'
  } catch (error) {
    if (page.open?.run === run) phase.value = 'paused'
    else await withdraw()
    fail('train', error)
  }
  await listRuns()

  /** Without its first samples, there is no run yet. */
  async function withdraw(): Promise<void> {
    await run.remove()
    open?.release()
    phase.value = before
  }
}

/** A name that no other run has: the file's, or with a number. */
export function freeName(file: string): string {
  const taken = new Set(runs.value.map(({ notes }) => notes?.name))
  for (let count = 1; ; count++) {
    const name = count === 1 ? file : `${file} (${count})`
    if (!taken.has(name)) return name
  }
}

/** Continues a paused run. */
export function goOn(): Promise<void> {
  return goOnTo(notes.value!.steps.at(-1)!, 'Training continues')
}

/** Extends a finished run by half its length. */
export async function goOnForLonger(): Promise<void> {
  const { steps } = notes.value!
  const more = Math.round(1.5 * steps.at(-1)!)
  notes.value = { ...notes.value!, steps: [...steps, more], isDone: false }
  await page.open!.run.writeNotes(notes.value)
  await goOnTo(more, 'Training for longer')
}

async function goOnTo(steps: number, says: string): Promise<void> {
  phase.value = 'training'
  problem.value = undefined
  status.value = says
  try {
    await finish((await page.training.goOn(page.open!.run.store, steps)).steps)
  } catch (error) {
    phase.value = 'paused'
    fail('train', error)
  }
}

/** Pauses the training, and resolves once its checkpoint is written. */
export async function pause(): Promise<void> {
  await endTraining()
  // the phase follows in the next task
  while (phase.value === 'training') await new Promise((later) => setTimeout(later))
}

/** What becomes of a paused run. */
export function sayPaused(): string {
  return staysWhenClosed.value
    ? `Paused. You may close the tab: the page keeps the run.${isPersistent === false ? ' If this browser runs short of space, it may delete it.' : ''}`
    : 'Paused. This browser cannot store the run: leave the tab open.'
}

async function finish(steps: number | undefined): Promise<void> {
  if (steps === undefined) {
    phase.value = 'paused'
    status.value = sayPaused()
    return
  }
  notes.value = { ...notes.value!, isDone: true }
  await page.open!.run.writeNotes(notes.value)
  await openModel()
  await listRuns()
}
