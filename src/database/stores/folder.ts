import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { cannotRead } from '../../core/files.ts'
import { type FileSource, storeOfFiles, tableOfFile } from '../files.ts'
import type { Store } from '../store.ts'

/** A folder of CSV, JSON lines or Parquet files as a store: a table a file. Subfolders are no part of it. */
export async function openFolder(folder: string): Promise<Store> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) =>
    cannotRead(error, folder, { remedy: 'give a folder of tables' }),
  )
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  const stamps = new Map<string, string>()
  const files: FileSource[] = []
  for (const name of names.sort()) {
    const path = join(folder, name)
    const { size } = await stat(path)
    if (tableOfFile(name)) stamps.set(path, await stampOf(path))
    files.push({ name, where: path, size, bytes: () => bytesOf(path) })
  }
  return {
    ...storeOfFiles(folder, files),
    async requireUnchanged() {
      for (const [path, stamp] of stamps)
        if ((await stampOf(path)) !== stamp)
          throw new InputError(
            `${path} changed while it was read: read it again when nothing writes into ${basename(folder)}`,
            'cannot-read',
          )
    },
  }
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) yield chunk as Uint8Array
  } catch (error) {
    await cannotRead(error, path, { remedy: 'give a file of rows' })
  }
}

async function stampOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path)
  return `${ino} ${size} ${mtimeMs}`
}
