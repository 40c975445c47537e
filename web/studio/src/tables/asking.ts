import { effect, signal } from '@preact/signals'
import { humanCount, humanSeconds } from 'moonstep/web'
import { fail, problem, status } from '../problem.ts'
import { phase } from '../state.ts'
import type { AskedTables } from '../worker/tables-views.ts'
import { inPage } from './errors.ts'
import { currentTables, model, samples } from './state.ts'

/** Rows of each root table, and the seed. */
export const counts = signal<Readonly<Record<string, number>>>({})
export const seed = signal(7)

/** Which table is drawn, and how many rows of it are there; undefined if idle. */
export const drawing = signal<{ readonly table: string; readonly share: number }>()

let running = new AbortController()
const stopped = new Error('stopped')

// a new model begins with as many rows as it knows
effect(() => {
  counts.value = { ...model.value?.roots }
})

/** Draws rows of all tables. */
export async function generate(): Promise<void> {
  if (drawing.value) return
  problem.value = undefined
  drawing.value = { table: '', share: 0 }
  status.value = 'Generating rows of all tables'
  running = new AbortController()
  const onProgress = ({ table, done, count }: { table: string; done: number; count: number }) => {
    drawing.value = { table, share: done / Math.max(1, count) }
    status.value = `Generating rows of ${table}`
  }
  try {
    const { signal } = running
    const drawn = await currentTables().sample(
      { count: counts.value, seed: seed.value, shown: samples.value?.id },
      { signal, onProgress },
    )
    samples.value = drawn
    const all = drawn.tables.map(({ name, rows }) => `${humanCount(rows)} of ${name}`).join(', ')
    status.value = `${all} generated in ${humanSeconds(drawn.seconds)}, by seed ${drawn.seed}.`
  } catch (error) {
    // the model was replaced meanwhile, so its result no longer matters
    if (phase.value !== 'trained') return
    if (error === stopped) status.value = 'Stopped.'
    else fail('ask', inPage(error))
  } finally {
    drawing.value = undefined
  }
}

/** What the shown rows were asked by; before there are any, what the next are asked by. */
export function askedTables(): AskedTables {
  return samples.value ?? { count: counts.value, seed: seed.value }
}

export function stop(): void {
  running.abort(stopped)
}
