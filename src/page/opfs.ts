import { InputError, messageOf } from '../core/errors.ts'
import { type RunFile, type RunStore, runFilePaths } from '../model/run-store.ts'

/**
 * A run's folder in the browser's private file system (OPFS), which stays when the tab is closed. The page alone can read it.
 *
 * @param name The folder's name.
 * @throws InputError where the browser has no such file system, or refuses the name.
 * @example
 * const store = await openStore('moons')
 * await train({ dataset: 'two-moons', store })
 */
export async function openStore(name: string): Promise<RunStore> {
  const folder = await navigator.storage
    .getDirectory()
    .then((root) => root.getDirectoryHandle(name, { create: true }))
    .catch((error) => {
      throw new InputError(
        `the folder ${name} of the browser's file system does not open: ${messageOf(error)}`,
        'not-available',
      )
    })
  /** The folder that a file lies in, and its name there; undefined where that is not there and not to be made. */
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
  /** Does a task with a file's place; undefined where the file is not there. */
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
  const cannotWrite = (error: unknown) =>
    new InputError(
      `cannot write to ${name} in the browser's file system: ${messageOf(error)}`,
      'cannot-write',
    )
  return {
    folder: name,
    async read(file) {
      return ifThere(file, async (place, name) => {
        const handle = await place.getFileHandle(name)
        return new Uint8Array(await (await handle.getFile()).arrayBuffer())
      })
    },
    async writeTogether(files) {
      // a file changes only when what was written is closed: until then all can be given up
      const written: FileSystemWritableFileStream[] = []
      try {
        for (const [file, content] of Object.entries(files) as [
          RunFile,
          string | Uint8Array<ArrayBuffer> | null,
        ][]) {
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
      for (const [file, content] of Object.entries(files) as [RunFile, unknown][])
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
