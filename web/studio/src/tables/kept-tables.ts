import { InputError } from 'moonstep/web'
import type { KeptRun } from '../kept.ts'
import { phase, threads } from '../state.ts'
import { currentTables, model } from './state.ts'

/** The .moonstep file in the storage. */
export const modelFile = 'model.moonstep'

/** A file as it was dropped: its name may be none that the storage allows. */
const fileOf = (index: number) => `file-${index}`

export async function writeFiles(run: KeptRun, files: readonly File[]): Promise<void> {
  for (const [k, file] of files.entries()) await run.writeFile(fileOf(k), file)
}

/** Reads the files that a run was begun with. Throws InputError if one is lost. */
export function readFiles(run: KeptRun, names: readonly string[]): Promise<File[]> {
  return Promise.all(
    names.map(async (name, k) => {
      const content = await run.readFile(fileOf(k))
      if (content) return new File([content], name)
      throw new InputError(`the run has lost ${name}: forget it, and train again`, 'not-found')
    }),
  )
}

/** Loads the models of all tables. */
export async function openModel(bytes: Uint8Array): Promise<void> {
  phase.value = 'opening'
  model.value = await currentTables().open(bytes, threads)
  phase.value = 'trained'
}
