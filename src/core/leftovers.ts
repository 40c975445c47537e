import { randomUUID } from 'node:crypto'
import { lstat, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** This machine, as a few letters and digits: others may write into the same folder. */
const machine = Buffer.from(hostname()).toString('hex').slice(-12)

/** The end of a temporary file's name, which says whose it is: of this machine and process. */
export function ownEnding(): string {
  return `${machine}-${process.pid}-${randomUUID().slice(0, 8)}.tmp`
}

/**
 * Removes what processes of this user that were killed left in a folder: files and folders whose names are `start` and an `ownEnding`,
 * of this machine, and of a process that has ended.
 */
export async function removeLeftovers(folder: string, start: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(start)) continue
    const [, of, pid] =
      /^([\da-f]*)-(\d+)-[\da-f]{8}\.tmp(?:-journal|-wal|\.wal)?$/.exec(name.slice(start.length)) ?? []
    if (of !== machine || isRunning(Number(pid))) continue
    const path = join(folder, name)
    const entry = await lstat(path).catch(() => undefined)
    if (entry && (process.getuid === undefined || entry.uid === process.getuid()))
      await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
