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
  /** The handle of a file; undefined where it is not there and not to be made. */
  const fileOf = async (file: RunFile, create: boolean) => {
    const [last, ...above] = runFilePaths[file].split('/').reverse()
    try {
      let place = folder
      for (const part of above.reverse()) place = await place.getDirectoryHandle(part, { create })
      return await place.getFileHandle(last!, { create })
    } catch (error) {
      if (!create && error instanceof DOMException && error.name === 'NotFoundError') return undefined
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
      const handle = await fileOf(file, false)
      return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer())
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
          const stream = await (await fileOf(file, true))!.createWritable()
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
      for (const [file, content] of Object.entries(files) as [RunFile, unknown][]) {
        if (content !== null || !(await fileOf(file, false))) continue
        const [last, ...above] = runFilePaths[file].split('/').reverse()
        let place = folder
        for (const part of above.reverse()) place = await place.getDirectoryHandle(part)
        await place.removeEntry(last!)
      }
    },
    async append(file, text) {
      try {
        const handle = (await fileOf(file, true))!
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
