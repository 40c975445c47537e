import { memoryStore, openStore, type RunFile, type RunStore, runFilePaths } from 'moonstep/web'
import { notesIn, type RunNotes } from './run-notes.ts'

/** A run in this browser. */
export interface KeptRun {
  readonly id: string
  readonly store: RunStore
  /** The store of one of several tables. */
  part(name: string): RunStore
  /** A file next to the runs of several tables; undefined if it is lost. */
  readFile(name: string): Promise<Blob | undefined>
  writeFile(name: string, content: Blob | Uint8Array<ArrayBuffer>): Promise<void>
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
  /** Recreates a removed folder before writing. */
  const storeAt = (path: string): RunStore => ({
    folder: path,
    read: async (file) => (await openStore(path)).read(file),
    writeTogether: async (files) => (await openStore(path)).writeTogether(files),
    append: async (file, text) => (await openStore(path)).append(file, text),
  })
  const read = async (name: string) =>
    (await (await root.getDirectoryHandle(id)).getFileHandle(name)).getFile()
  const write = async (name: string, content: Blob | Uint8Array<ArrayBuffer> | string) => {
    const place = await root.getDirectoryHandle(id, { create: true })
    const stream = await (await place.getFileHandle(name, { create: true })).createWritable()
    await stream.write(content)
    await stream.close()
  }
  return {
    id,
    store: storeAt(id),
    part: (name) => storeAt(`${id}/${name}`),
    readFile: (name) => read(name).catch(() => undefined),
    writeFile: write,
    async readNotes() {
      try {
        const file = await read(notesFile)
        return notesIn(await file.text(), file.lastModified)
      } catch {
        return undefined
      }
    },
    writeNotes: (notes) => write(notesFile, JSON.stringify(notes)),
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
    const parts = new Map<string, RunStore>()
    const files = new Map<string, Blob>()
    let notes: RunNotes | undefined
    return {
      id,
      store,
      part(name) {
        const part = parts.get(name) ?? memoryStore()
        parts.set(name, part)
        return part
      },
      readFile: async (name) => files.get(name),
      async writeFile(name, content) {
        files.set(name, new Blob([content]))
      },
      readNotes: async () => notes,
      async writeNotes(written) {
        notes = written
        runs.set(id, this)
      },
      async size() {
        const names = Object.keys(runFilePaths) as RunFile[]
        const reads = [store, ...parts.values()].flatMap(({ read }) => names.map((name) => read(name)))
        const ofRuns = (await Promise.all(reads)).map((file) => file?.length ?? 0)
        return [...ofRuns, ...[...files.values()].map(({ size }) => size)].reduce(
          (sum, size) => sum + size,
          0,
        )
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
