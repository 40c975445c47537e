import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InputError, messageOf } from './errors.ts'

/** Writes a whole file or none: a temporary name beside it, then a rename. Makes the folder. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw cannotWrite(path, error)
  }
}

/** A failed write as one line; a full disk stays what it is, the rest is the caller's path. */
export function cannotWrite(path: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code
  const reasons: Record<string, string> = {
    EACCES: 'permission denied: choose a folder that you may write to',
    EPERM: 'not permitted: choose a folder that you may write to',
    EROFS: 'the file system is read-only: choose another folder',
    ENOTDIR: 'a part of the path is a file, not a folder',
    EISDIR: 'it is a folder: give a file name',
    EEXIST: 'a part of the path is a file, not a folder',
  }
  const reason = code ? reasons[code] : undefined
  return reason
    ? new InputError(`cannot write ${path}: ${reason}`)
    : new Error(`cannot write ${path}: ${messageOf(error)}`)
}
