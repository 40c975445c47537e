import { computed, effect, signal } from '@preact/signals'
import { type Connection, connect } from 'moonstep/web'
import { stemOf } from '../download.ts'
import { type Several, several, type Undo } from '../state.ts'
import type { TablesSession } from '../worker/tables-session.ts'
import type { TablesModelView, TablesSampleView, TablesView } from '../worker/tables-views.ts'
import { startTables } from '../workers.ts'

/** The tables that are open, and what comes of them. */
export const view = signal<TablesView>()
export const model = signal<TablesModelView>()
export const samples = signal<TablesSampleView>()

/** The files that the tables are read from. */
export const files = signal<readonly File[]>([])

/** Where a table is in a training: which step, or that it waits, is measured, or has ended. */
export interface TableProgress {
  readonly state: 'waiting' | 'training' | 'measuring' | 'trained'
  readonly step: number
  readonly steps: number
  readonly loss?: number
}

/** By table, in the order of training; undefined before one begins. */
export const progress = signal<Readonly<Record<string, TableProgress>>>()

// a model that is replaced has no samples
effect(() => {
  model.value
  samples.value = undefined
})

/** The tables whose rows are learned, in their order; the others keep theirs. */
export const learned = computed(() => {
  const { tables = [], schema } = view.value ?? {}
  return tables.filter(({ name }) => !schema!.tables[name]!.keep).map(({ name }) => name)
})

/** What the tables are called: their zip's name, or the tables'. */
export const nameOfTables = computed(() => {
  const [first, another] = files.value
  if (first && !another) return first.name
  return (view.value?.tables ?? []).map(({ name }) => name).join(', ')
})

/** A name for their files and folders. */
export const stem = computed(() => {
  const [first, another] = files.value
  return first && !another ? stemOf(first.name).replace(/\.zip$/i, '') : 'tables'
})

/** Forgets the tables and what came of them. */
export function reset(): void {
  view.value = model.value = progress.value = undefined
  files.value = []
}

let connection: Connection<TablesSession> | undefined

/** A worker that holds tables. */
export function newSession(): Connection<TablesSession> {
  return connect<TablesSession>(startTables(), 'the worker of the tables')
}

/** The worker that holds the open tables: started with the first. */
export function currentTables(): Connection<TablesSession>['calls'] {
  connection ??= newSession()
  return connection.calls
}

let views: Several['views'] = {}

/** Sets what shows the tables in each step. */
export function setViews(all: Several['views']): void {
  views = all
}

/** Shows the tables, in place of what was open. */
export function open(end: () => Promise<void>, wayBack: () => Undo): void {
  several.value = {
    name: nameOfTables.value,
    views,
    hasModel: computed(() => model.value !== undefined),
    hasSamples: computed(() => samples.value !== undefined),
    end,
    wayBack,
    async close() {
      await connection?.calls.forget()
      reset()
    },
  }
}
