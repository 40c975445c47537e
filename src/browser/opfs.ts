import { InputError, messageOf } from '../core/errors.ts'
import { type RunFile, type RunStore, runFilePaths } from '../model/run-store.ts'

/**
 * Opens a run folder in the browser's origin private file system (OPFS), which persists after the tab is closed and
 * which only this site can read.
 *
 * @param name - The folder's name, or its path, such as shop/orders.
 * @returns The store, for `train` and `exportModel`.
 * @throws InputError if the browser has no OPFS or refuses the name.
 * @example
 * const store = await openStore('moons')
 * await train({ dataset: 'two-moons', store })
 */
export async function openStore(name: string): Promise<RunStore> {
  const folder = await navigator.storage
    .getDirectory()
    .then(async (root) => {
      let place = root
      for (const part of name.split('/')) place = await place.getDirectoryHandle(part, { create: true })
      return place
    })
    .catch((error) => {
      const problem = `the folder ${name} of the browser's file system does not open: ${messageOf(error)}`
      throw new InputError(problem, 'not-available')
    })
  /** A file's folder and its name there; undefined if the folder doesn't exist and must not be created. */
  const placeOf = async (file: RunFile, create: boolean) => {
    const [name, ...above] = runFilePaths[file].split('/').reverse() as [string, ...string[]]
    let place = folder
    for (const part of above.reverse()) place = await place.getDirectoryHandle(part, { create })
    return { place, name }
  }
  const handleOf = async (file: RunFile) => {
    const { place, name } = await placeOf(file, true)
    return place.getFileHandle(name, { create: true })
  }
  /** Runs a task with a file's folder and name; undefined if the file doesn't exist. */
  const ifThere = async <R>(
    file: RunFile,
    task: (place: FileSystemDirectoryHandle, name: string) => Promise<R>,
  ) => {
    try {
      const { place, name } = await placeOf(file, false)
      return await task(place, name)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return undefined
      throw error
    }
  }
  const cannotWrite = (error: unknown) => {
    const problem = `cannot write to ${name} in the browser's file system: ${messageOf(error)}`
    return new InputError(problem, 'cannot-write')
  }
  return {
    folder: name,
    async read(file) {
      return ifThere(file, async (place, name) => {
        const handle = await place.getFileHandle(name)
        return new Uint8Array(await (await handle.getFile()).arrayBuffer())
      })
    },
    async writeTogether(files) {
      const entries = Object.entries(files) as [RunFile, string | Uint8Array<ArrayBuffer> | null][]
      // files change only on close: until then everything can be discarded
      const written: FileSystemWritableFileStream[] = []
      try {
        for (const [file, content] of entries) {
          if (content === null) continue
          const stream = await (await handleOf(file)).createWritable()
          written.push(stream)
          await stream.write(content)
        }
      } catch (error) {
        for (const stream of written) await stream.abort().catch(() => {})
        throw cannotWrite(error)
      }
      for (const stream of written)
        await stream.close().catch((error) => {
          throw cannotWrite(error)
        })
      for (const [file, content] of entries)
        if (content === null) await ifThere(file, (place, name) => place.removeEntry(name))
    },
    async append(file, text) {
      try {
        const handle = await handleOf(file)
        const { size } = await handle.getFile()
        const stream = await handle.createWritable({ keepExistingData: true })
        await stream.write({ type: 'write', position: size, data: text })
        await stream.close()
      } catch (error) {
        throw cannotWrite(error)
      }
    },
  }
}
