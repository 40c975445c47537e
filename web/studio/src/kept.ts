import { type ColumnChoice, type LeftOut, memoryStore, openStore, type RunStore } from 'moonstep/web'

/** Notes on a run beside its own files. */
export interface RunNotes {
  readonly file: string
  readonly choice: ColumnChoice
  readonly leftOut: readonly LeftOut[]
  /** Rules that every row meets; absent if there are none. */
  readonly rules?: readonly string[]
  readonly holdout: number
  /** The run's initial number of steps, then the number after each extension. */
  readonly steps: readonly number[]
  readonly isDone: boolean
}

/** The run's storage: the browser's private file system, which persists, or memory if there is none. */
export interface Kept {
  readonly store: RunStore
  readonly staysWhenClosed: boolean
  readNotes(): Promise<RunNotes | undefined>
  writeNotes(notes: RunNotes): Promise<void>
  /** Removes everything. */
  forget(): Promise<void>
}

const [folder, notesFile] = ['studio', 'studio.json']

export async function openKept(): Promise<Kept> {
  try {
    return await inFileSystem()
  } catch {
    // a private window of Firefox has no such file system
    return inMemory()
  }
}

async function inFileSystem(): Promise<Kept> {
  const root = await navigator.storage.getDirectory()
  const place = () => root.getDirectoryHandle(folder, { create: true })
  // older WebKit has the file system but can't write to it from here
  const probe = await (await place()).getFileHandle('probe', { create: true })
  await (await probe.createWritable()).close()
  await (await place()).removeEntry('probe')
  /** Recreates a removed folder before writing. */
  const fresh = () => openStore(folder)
  return {
    store: {
      folder,
      read: async (file) => (await fresh()).read(file),
      writeTogether: async (files) => (await fresh()).writeTogether(files),
      append: async (file, text) => (await fresh()).append(file, text),
    },
    staysWhenClosed: true,
    async readNotes() {
      try {
        const file = await (await (await place()).getFileHandle(notesFile)).getFile()
        return JSON.parse(await file.text())
      } catch {
        return undefined
      }
    },
    async writeNotes(notes) {
      const stream = await (await (await place()).getFileHandle(notesFile, { create: true })).createWritable()
      await stream.write(JSON.stringify(notes))
      await stream.close()
    },
    async forget() {
      await root.removeEntry(folder, { recursive: true }).catch((error) => {
        if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
      })
    },
  }
}

function inMemory(): Kept {
  let store = memoryStore()
  let kept: RunNotes | undefined
  return {
    store: {
      folder: null,
      read: (file) => store.read(file),
      writeTogether: (files) => store.writeTogether(files),
      append: (file, text) => store.append(file, text),
    },
    staysWhenClosed: false,
    readNotes: async () => kept,
    async writeNotes(notes) {
      kept = notes
    },
    async forget() {
      store = memoryStore()
      kept = undefined
    },
  }
}
