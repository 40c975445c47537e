import { appendFile, readFile, rm } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import { cannotWrite, writeTogether } from '../core/files.ts'
import { runFiles } from '../model/run-folder.ts'

/** The files of a run, by what they hold. */
export type RunFile = keyof ReturnType<typeof runFiles>

/** Where the files of a run are kept. */
export interface RunStore {
  /** The run folder; null where the files are kept in memory. */
  readonly folder: string | null
  /** Returns a file's bytes. Throws where it is missing, and so nothing can be resumed. */
  read(file: RunFile): Promise<Uint8Array>
  /** Writes all of the files, or none of them; removes those that are null. */
  writeTogether(files: Partial<Record<RunFile, string | Uint8Array | null>>): Promise<void>
  append(file: RunFile, text: string): Promise<void>
}

export function folderStore(folder: string): RunStore {
  const paths = runFiles(folder)
  return {
    folder,
    async read(file) {
      return readFile(paths[file]).catch(() => {
        throw new InputError(
          `${folder} has no ${runFiles('')[file]} to resume from: train it anew with \`force\``,
          'bad-model',
        )
      })
    },
    async writeTogether(files) {
      const entries = Object.entries(files) as [RunFile, string | Uint8Array | null][]
      await writeTogether(
        entries.flatMap(([file, content]) => (content === null ? [] : [[paths[file], content] as const])),
      )
      for (const [file, content] of entries) if (content === null) await rm(paths[file], { force: true })
    },
    async append(file, text) {
      await appendFile(paths[file], text).catch((error) => {
        throw cannotWrite(paths[file], error)
      })
    },
  }
}

/** Keeps nothing: what a run in memory comes to is in `Trained`. */
export const noStore: RunStore = {
  folder: null,
  async read(file) {
    throw new Error(`a run in memory has no ${file}`)
  },
  async writeTogether() {},
  async append() {},
}
