/** A training's lock on its run folder: a file that names the process, there only while the process trains. */
import { randomUUID } from 'node:crypto'
import { existsSync, realpathSync, rmSync } from 'node:fs'
import { readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { InputError } from '../core/errors.ts'
import { cannotWrite, inFolder, missingFolders } from '../core/files.ts'

const lockName = '.training.lock'

/** The process that trains into a folder. */
interface Holder {
  readonly process: number
  /** Its machine, as several may share a folder. */
  readonly machine: string
}

const ours: Holder = { process: process.pid, machine: hostname() }

/** The folders that this process trains into. */
const held = new Set<string>()

/**
 * Runs a task that writes into a run folder, while no other may. A lock that a dead process left is taken over. The lock
 * goes when the task ends or the process exits, and with it folders that are still empty.
 *
 * @param folder - The run folder, which need not exist, or undefined for a run in memory.
 * @param task - What writes into it.
 * @returns What the task returns.
 * @throws InputError if another process, or another call in this one, writes into the folder; what the task throws.
 */
export async function whileLocked<R>(folder: string | undefined, task: () => Promise<R>): Promise<R> {
  if (folder === undefined) return task()
  const place = existsSync(folder) ? realpathSync(folder) : resolve(folder)
  const path = join(folder, lockName)
  if (held.has(place)) throw refusal(folder, path, ours)
  held.add(place)
  const made = missingFolders(folder)
  const remove = () => rmSync(path, { force: true })
  try {
    await takeLock(folder, path)
    process.once('exit', remove)
    return await task().finally(() => rm(path, { force: true }))
  } finally {
    process.off('exit', remove)
    held.delete(place)
    // from the deepest up, and only folders still empty
    for (const each of made) await rmdir(each).catch(() => {})
  }
}

async function takeLock(folder: string, path: string): Promise<void> {
  for (;;) {
    let isTaken = false
    await inFolder(path, async () => {
      isTaken = await writeFile(path, JSON.stringify(ours), { flag: 'wx' }).then(
        () => false,
        (error) => {
          if (error.code === 'EEXIST') return true
          throw error
        },
      )
    }).catch((error) => {
      throw cannotWrite(path, error)
    })
    if (!isTaken) return
    const text = await lockText(path)
    if (text === undefined) continue
    const holder = holderIn(text)
    if (holder && isAlive(holder)) throw refusal(folder, path, holder)
    await removeStale(path, text)
  }
}

/** The lock's text, once it is written; undefined if the lock has gone. */
async function lockText(path: string): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== '' || tries === 10) return text
    await setTimeout(10)
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    const { process, machine } = JSON.parse(text)
    return Number.isInteger(process) ? { process, machine } : undefined
  } catch {
    // a process that died while it wrote the lock
    return undefined
  }
}

function isAlive({ process: id, machine }: Holder): boolean {
  if (machine !== ours.machine) return true
  // of an earlier process with this one's id, as after a container's restart
  if (id === ours.process) return false
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes a dead process's lock, and puts back the lock of a process that was faster. */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID().slice(0, 8)}`
  try {
    await rename(path, aside)
  } catch {
    // another process was faster
    return
  }
  if ((await readFile(aside, 'utf8')) === text) await rm(aside, { force: true })
  else await rename(aside, path)
}

function refusal(folder: string, path: string, { process: id, machine }: Holder): InputError {
  const isOurs = machine === ours.machine
  const by = id === ours.process && isOurs ? 'this process' : `process ${id}`
  const where = isOurs ? '' : ` on ${machine}`
  const rest = isOurs ? '' : `, or delete ${path} if that process has ended`
  return new InputError(
    `${folder} is being trained by ${by}${where}: wait until it ends, or give another \`out\`${rest}`,
    'conflict',
    { option: 'out', value: folder },
  )
}
