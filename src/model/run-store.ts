/**
 * The files of a run by content: `train`, `holdout` and `validation` are a table's training rows and those kept aside, if any; `data`
 * holds the table's scaled points, so that a resumed run needs neither its file nor its path.
 */
export type RunFile =
  | 'config'
  | 'weights'
  | 'history'
  | 'checkpoint'
  | 'train'
  | 'holdout'
  | 'validation'
  | 'data'

/** Their paths in the run folder. */
export const runFilePaths: Readonly<Record<RunFile, string>> = {
  config: 'config.json',
  weights: 'weights.safetensors',
  history: 'history.csv',
  checkpoint: 'checkpoint/state.safetensors',
  train: 'train.csv',
  holdout: 'holdout.csv',
  validation: 'validation.csv',
  data: 'checkpoint/data.safetensors',
}

/** Contents of a run's files to write; null removes a file. */
export type RunFiles = Partial<Record<RunFile, string | Uint8Array | null>>

/** A place for the files of a run. */
export interface RunStore {
  /** The run folder, or null if there is none. */
  readonly folder: string | null
  /** Returns a file's bytes, or undefined if it doesn't exist. */
  read(file: RunFile): Promise<Uint8Array | undefined>
  /** Writes all of the files or none, and removes those that are null. */
  writeTogether(files: RunFiles): Promise<void>
  append(file: RunFile, text: string): Promise<void>
}

/** Keeps nothing: the result of a run is in `Trained`. */
export const noStore: RunStore = {
  folder: null,
  read: async () => undefined,
  async writeTogether() {},
  async append() {},
}

/**
 * Creates a store that keeps a run's files in memory, so that `train` can resume it.
 *
 * @returns An empty store.
 * @example
 * const store = memoryStore()
 * await train({ dataset: 'two-moons', steps: 1000, store })
 * await train({ resume: true, steps: 2000, store })
 */
export function memoryStore(): RunStore {
  const contents = new Map<RunFile, Uint8Array>()
  const bytesOf = (content: string | Uint8Array) =>
    typeof content === 'string' ? new TextEncoder().encode(content) : content.slice()
  return {
    folder: null,
    read: async (file) => contents.get(file)?.slice(),
    async writeTogether(files) {
      for (const [file, content] of Object.entries(files) as [RunFile, string | Uint8Array | null][])
        if (content === null) contents.delete(file)
        else contents.set(file, bytesOf(content))
    },
    async append(file, text) {
      const [before, after] = [contents.get(file) ?? new Uint8Array(), bytesOf(text)]
      const joined = new Uint8Array(before.length + after.length)
      joined.set(before)
      joined.set(after, before.length)
      contents.set(file, joined)
    },
  }
}

/** How errors name a store. */
export function nameOfStore({ folder }: Pick<RunStore, 'folder'>): string {
  return folder ?? 'the store'
}
