import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { withoutPasswords } from './address.ts'
import { assigned, InputError, messageOf, nearest } from './errors.ts'

/** A file's content; parts are written as they arrive. */
type Content = string | Uint8Array | AsyncIterable<string | Uint8Array>

/**
 * Writes a file whole or not at all: under a temporary name, then a rename. Creates the folder. A file that was there keeps its
 * permissions and, where the system allows it, its owner and group; a symbolic link is replaced by the file, with the permissions of
 * what it led to. Errors of the content's parts are rethrown.
 */
export async function writeWhole(path: string, content: Content): Promise<void> {
  await writeTogether([[path, content]])
}

/** Writes all of the files or, if one can't be written, none, leaving the previous ones. */
export async function writeTogether(
  files: readonly (readonly [path: string, content: Content])[],
): Promise<void> {
  // process ids repeat on other machines that write into the same folder
  const suffix = randomUUID().slice(0, 8)
  const temporary = (path: string) => `${path}.${suffix}.tmp`
  for (const [path, content] of files)
    try {
      await inFolder(path, () => writeLike(path, temporary(path), content))
    } catch (error) {
      for (const [other] of files) await rm(temporary(other), { force: true }).catch(() => {})
      throw cannotWrite(path, error)
    }
  for (const [path] of files)
    await rename(temporary(path), path).catch(async (error) => {
      await rm(temporary(path), { force: true }).catch(() => {})
      throw cannotWrite(path, error)
    })
}

/** Writes a new file that only those may read who may read the previous one, if there is one. */
async function writeLike(previous: string, path: string, content: Content): Promise<void> {
  const before = await stat(previous).catch(() => undefined)
  if (!before?.isFile()) return writeFile(path, content, { flush: true })
  // nobody else, until it is known whose it is
  await writeFile(path, content, { flush: true, mode: 0o600 })
  const { uid, gid } = await stat(path)
  const isShared =
    gid === before.gid ||
    (await chown(path, uid, before.gid).then(
      () => true,
      () => false,
    ))
  if (uid !== before.uid) await chown(path, before.uid, before.gid).catch(() => {})
  // what was for a group is not for another
  await chmod(path, before.mode & (isShared ? 0o777 : 0o707))
}

/** Checks that `writeWhole` can write a file, before long work. Leaves nothing behind. Throws as `writeWhole` does. */
export async function requireWritable(path: string): Promise<void> {
  const missing = missingFolders(dirname(path))
  const trial = `${path}.${process.pid}.tmp`
  try {
    if (await isFolder(path)) throw Object.assign(new Error(), { code: 'EISDIR', syscall: 'open' })
    await inFolder(path, () => writeFile(trial, ''))
  } catch (error) {
    throw cannotWrite(path, error)
  } finally {
    await rm(trial, { force: true }).catch(() => {})
    // from the deepest up, and only folders still empty
    for (const folder of missing) await rmdir(folder).catch(() => {})
  }
}

/** Those of a folder and its parents that don't exist, the deepest first. */
export function missingFolders(path: string): string[] {
  const missing: string[] = []
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.push(folder)
  return missing
}

/** Whether a folder exists. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
}

/**
 * Creates a file's folder and writes there. Retries once if another process, checking with `requireWritable`, removed
 * the folder in between.
 */
export async function inFolder(path: string, write: () => Promise<void>): Promise<void> {
  requireNoAddress(path)
  for (let tries = 1; ; tries++)
    try {
      await makeFolder(dirname(path))
      return await write()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'ENOENT' && code !== 'EEXIST') || tries === 10) throw error
      await setTimeout(tries)
    }
}

/** Throws InputError on a path that is an address with a password, which would become a file's name. */
export function requireNoAddress(path: string): void {
  const shown = withoutPasswords(path)
  if (shown !== path || path.includes('://'))
    throw new InputError(`${shown} is an address: give the path of a file or folder`, 'cannot-write')
}

/** Creates a folder and its parents. Node's recursive mkdir never returns if /proc refuses one. */
async function makeFolder(path: string): Promise<void> {
  const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
  const errorCode = await mkdir(path).then(() => undefined, codeOf)
  if (errorCode === 'ENOENT' && dirname(path) !== path) {
    await makeFolder(dirname(path))
    await mkdir(path)
  } else if (errorCode !== undefined && !(await isFolder(path))) await mkdir(path)
}

/** ' (did you mean model.onnx?)' if the missing file's folder has a similarly named file; otherwise empty. */
export async function nearestFile(path: string): Promise<string> {
  return nearest(basename(path), await readdir(dirname(path)).catch(() => []))
}

/**
 * Reads a file's bytes; errors say `remedy` and the `option` the file is for. Throws InputError if the file is missing,
 * with the nearest name, or unreadable.
 */
export async function readInput(path: string | URL, remedy: string, option?: string): Promise<Buffer> {
  return readFile(path).catch((error) => cannotRead(error, String(path), { option, remedy }))
}

/** Throws a failed read as one line; errors not of the file system are rethrown. */
export async function cannotRead(
  error: unknown,
  path: string,
  { option, remedy }: { readonly option?: string | undefined; readonly remedy: string },
): Promise<never> {
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (syscall === undefined) throw error
  const about = { option, value: path }
  const subject = option === undefined ? undefined : assigned(option, path)
  if (code === 'EISDIR')
    throw new InputError(`${subject ?? path}: ${folderInstead(path)}: ${remedy}`, 'cannot-read', about)
  if (code !== 'ENOENT')
    throw new InputError(
      `${subject ? `${subject}: cannot read it` : `cannot read ${path}`}: ${message}`,
      'cannot-read',
      about,
    )
  const near = await nearestFile(path)
  throw new InputError(
    `${subject ? `${subject}: there is no such file` : `there is no file ${path}`}${near}: ${remedy}`,
    'not-found',
    about,
  )
}

/** Describes a folder given instead of a file, and what to do with it. */
function folderInstead(path: string): string {
  const model = join(path, 'model.onnx')
  if (existsSync(model)) return `that is a folder, which holds ${model}`
  return existsSync(join(path, 'config.json')) ? 'that is a run folder: export it first' : 'that is a folder'
}

/**
 * A failed write as one line: an InputError about the path, except for a full disk. Other errors are about the content.
 */
export function cannotWrite(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall === undefined) return error
  const reasons: Record<string, string> = {
    EACCES: 'permission denied: choose a folder that you may write to',
    EPERM: 'not permitted: choose a folder that you may write to',
    EROFS: 'the file system is read-only: choose another folder',
    ENOTDIR: 'a part of the path is a file, not a folder',
    EISDIR: 'it is a folder: give a file name',
    EEXIST: 'a part of the path is a file, not a folder',
    ENOENT: 'its folder cannot be made there: choose another',
  }
  const reason = code ? reasons[code] : undefined
  return reason
    ? new InputError(`cannot write ${path}: ${reason}`, 'cannot-write')
    : new Error(withoutPasswords(`cannot write ${path}: ${messageOf(error)}`))
}

/** The SHA-256 of a file, read in pieces. */
export async function digestOfFile(path: string): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) digest.update(chunk as Buffer)
  return digest.digest('hex')
}
