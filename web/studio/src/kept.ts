import {
  type ColumnChoice,
  type LeftOut,
  memoryStore,
  openStore,
  type RunFile,
  type RunStore,
  runFilePaths,
} from 'moonstep/web'

/** Notes on a run beside its own files. They stay in the browser, so they may have a time. */
export interface RunNotes {
  /** The user's name of the run. */
  readonly name: string
  readonly file: string
  readonly rows: number
  readonly columns: number
  /** When it was begun, in milliseconds since 1970. */
  readonly begun: number
  /** SHA-256 of the file. */
  readonly digest?: string
  readonly choice: ColumnChoice
  readonly leftOut: readonly LeftOut[]
  /** Rules that every row meets; absent if there are none. */
  readonly rules?: readonly string[]
  /** Names with fewer rows are merged into one; absent if none are. */
  readonly minCategory?: number
  readonly holdout: number
  /** The run's initial number of steps, then the number after each extension. */
  readonly steps: readonly number[]
  readonly isDone: boolean
}

/** A run in this browser. */
export interface KeptRun {
  readonly id: string
  readonly store: RunStore
  /** Undefined if they are missing or can't be read. */
  readNotes(): Promise<RunNotes | undefined>
  writeNotes(notes: RunNotes): Promise<void>
  /** In bytes. */
  size(): Promise<number>
  remove(): Promise<void>
}

/** The storage of runs: the browser's private file system, which persists, or memory if there is none. */
export interface Kept {
  readonly staysWhenClosed: boolean
  /** The runs' names in the storage. */
  ids(): Promise<string[]>
  run(id: string): KeptRun
  newId(): string
}

/** A run is a folder; the first version of the page had one, of the name alone. */
const folderName = /^studio(-\w+)?$/
const notesFile = 'studio.json'

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
  // older WebKit has the file system but can't write to it from here
  const probe = await root.getFileHandle('probe', { create: true })
  await (await probe.createWritable()).close()
  await root.removeEntry('probe')
  return {
    staysWhenClosed: true,
    async ids() {
      const names: string[] = []
      for await (const [name, { kind }] of root.entries())
        if (kind === 'directory' && folderName.test(name)) names.push(name)
      return names
    },
    run: (id) => runInFolder(root, id),
    newId: () => `studio-${crypto.randomUUID().replaceAll('-', '')}`,
  }
}

function runInFolder(root: FileSystemDirectoryHandle, id: string): KeptRun {
  const place = () => root.getDirectoryHandle(id, { create: true })
  /** Recreates a removed folder before writing. */
  const fresh = () => openStore(id)
  return {
    id,
    store: {
      folder: id,
      read: async (file) => (await fresh()).read(file),
      writeTogether: async (files) => (await fresh()).writeTogether(files),
      append: async (file, text) => (await fresh()).append(file, text),
    },
    async readNotes() {
      try {
        const handle = await (await root.getDirectoryHandle(id)).getFileHandle(notesFile)
        const file = await handle.getFile()
        const notes = JSON.parse(await file.text()) as RunNotes
        // notes of the page's first version lack what the list shows
        return { ...{ name: notes.file, rows: 0, columns: 0, begun: file.lastModified }, ...notes }
      } catch {
        return undefined
      }
    },
    async writeNotes(notes) {
      const stream = await (await (await place()).getFileHandle(notesFile, { create: true })).createWritable()
      await stream.write(JSON.stringify(notes))
      await stream.close()
    },
    size: async () => sizeOf(await root.getDirectoryHandle(id)),
    async remove() {
      await root.removeEntry(id, { recursive: true }).catch((error) => {
        if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
      })
    },
  }
}

async function sizeOf(folder: FileSystemDirectoryHandle): Promise<number> {
  let size = 0
  for await (const handle of folder.values())
    size +=
      handle instanceof FileSystemFileHandle
        ? (await handle.getFile()).size
        : await sizeOf(handle as FileSystemDirectoryHandle)
  return size
}

function inMemory(): Kept {
  const runs = new Map<string, KeptRun>()
  let count = 0
  const runOf = (id: string): KeptRun => {
    const store = memoryStore()
    let notes: RunNotes | undefined
    return {
      id,
      store,
      readNotes: async () => notes,
      async writeNotes(written) {
        notes = written
        runs.set(id, this)
      },
      async size() {
        const files = await Promise.all((Object.keys(runFilePaths) as RunFile[]).map(store.read))
        return files.reduce((sum, file) => sum + (file?.length ?? 0), 0)
      },
      async remove() {
        runs.delete(id)
      },
    }
  }
  return {
    staysWhenClosed: false,
    ids: async () => [...runs.keys()],
    run: (id) => runs.get(id) ?? runOf(id),
    newId: () => `memory-${++count}`,
  }
}
