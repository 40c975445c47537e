import { constants, existsSync, rmSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Database as Connection } from 'node-sqlite3-wasm'
import { InputError, messageOf } from '../../core/errors.ts'
import { cannotRead } from '../../core/files.ts'
import { printable } from '../../core/format.ts'
import { ownEnding, removeLeftovers } from '../../core/leftovers.ts'
import { requirePackage } from './packages.ts'

/** Opens a connection, of one process alone, which reads files with a write-ahead log too. */
export async function connectSqlite(file: string, mustExist = true): Promise<Connection> {
  const { default: sqlite } = await requirePackage(
    'node-sqlite3-wasm',
    'SQLite files',
    () => import('node-sqlite3-wasm'),
  )
  const connection = new sqlite.Database(file, { fileMustExist: mustExist })
  // a file's own expressions may not call functions with effects: https://www.sqlite.org/security.html
  connection.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON')
  return connection
}

/** The endings of a file that is being written, and of SQLite's auxiliary files. */
const fileEndings = ['', '-wal', '-journal']

/** How often a copy is tried while others write. */
const mostTries = 5

/** The start of the names of folders with copies. */
const copies = 'moonstep-copy-'

/**
 * A connection to a copy of a file at one point in time, since WASM takes part in no locks of other programs. The copy is its owner's
 * alone. Once it is open its name is removed where the system can do so, and it ends with the process, however that ends.
 */
export async function openCopy(file: string): Promise<{ connection: Connection; close(): Promise<void> }> {
  await removeLeftovers(tmpdir(), copies)
  const folder = join(tmpdir(), `${copies}${ownEnding()}`)
  await mkdir(folder, { mode: 0o700 })
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', remove)
  const end = () => {
    process.removeListener('exit', remove)
    remove()
  }
  try {
    const copy = join(folder, 'database.sqlite')
    await copyWhole(file, copy)
    await chmod(copy, 0o600)
    const connection = await connectSqlite(copy)
    try {
      // opens the log too, if there is one
      connection.get('SELECT count(*) FROM sqlite_schema')
    } catch (error) {
      connection.close()
      throw asLine(error, file)
    }
    if (process.platform !== 'win32') end()
    const close = async () => {
      connection.close()
      end()
    }
    return { connection, close }
  } catch (error) {
    end()
    throw error
  }
}

/** Copies a file and its log as they are between two writes. */
export async function copyWhole(file: string, copy: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const before = await stampOf(file)
    for (const ending of fileEndings)
      if (existsSync(`${file}${ending}`))
        await copyFile(`${file}${ending}`, `${copy}${ending}`, constants.COPYFILE_FICLONE).catch((error) => {
          if (ending === '' || error.code !== 'ENOENT')
            return cannotRead(error, file, { remedy: 'give a SQLite file' })
        })
      else await rm(`${copy}${ending}`, { force: true })
    const isStable = (await stampOf(file)) === before
    if (isStable && !(await hasOpenChange(`${copy}-journal`))) return
    if (tries === mostTries)
      throw new InputError(
        isStable
          ? `${file}-journal shows a change that has not ended: close what writes to ${file}, or open it once with SQLite`
          : `${file} is being written all the time: read it when nothing writes, or give a copy of it`,
        'cannot-read',
      )
    await setTimeout(20 * tries)
  }
}

/** Whether a journal has pages to put back, which WASM does not do: its VFS takes every lock for one of a program that writes. */
async function hasOpenChange(journal: string): Promise<boolean> {
  if (!existsSync(journal)) return false
  const handle = await open(journal)
  try {
    const bytes = Buffer.alloc(8)
    await handle.read(bytes, 0, 8, 0)
    return bytes.toString('hex') === 'd9d505f920a163d7'
  } finally {
    await handle.close()
  }
}

async function stampOf(file: string): Promise<string> {
  const stamps = fileEndings.map((ending) =>
    stat(`${file}${ending}`, { bigint: true }).then(
      ({ size, mtimeNs }) => `${size} ${mtimeNs}`,
      () => '',
    ),
  )
  return (await Promise.all(stamps)).join()
}

/** What SQLite says about a file that is read, as one line. */
export function asLine(error: unknown, file: string): unknown {
  if ((error as Error).name !== 'SQLite3Error') return error
  return new InputError(
    `${file} cannot be read as SQLite (${printable(messageOf(error))}): give a whole database`,
    'bad-data',
  )
}
