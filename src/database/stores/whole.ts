import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { cannotWrite, inFolder } from '../../core/files.ts'
import { ownEnding, removeLeftovers } from '../../core/leftovers.ts'

/**
 * Writes a file or a folder whole or not at all: under an auxiliary name, then by a rename.
 *
 * @param write - Writes to the path that it gets.
 * @param replace - Puts what was written in its place. Default: a rename.
 */
export async function writeThenRename(
  target: string,
  write: (path: string) => Promise<void>,
  replace: (path: string) => Promise<void> = (path) => rename(path, target),
): Promise<void> {
  const start = `${resolve(target)}.`
  const auxiliary = `${start}${ownEnding()}`
  try {
    await removeLeftovers(dirname(start), basename(start))
    await inFolder(auxiliary, async () => {})
    await write(auxiliary)
    await replace(auxiliary)
  } catch (error) {
    throw error instanceof InputError ? error : cannotWrite(target, error)
  } finally {
    for (const ending of ['', '-journal', '-wal', '.wal'])
      await rm(`${auxiliary}${ending}`, { recursive: true, force: true }).catch(() => {})
  }
}

/** Waits until a file is on the disk, so that a rename never puts an empty one in its place. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
