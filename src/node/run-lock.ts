/** A training's lock on its run folder: a file that names the process, there only while the process trains. */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { InputError } from '../core/errors.ts'
import { cannotWrite, inFolder, missingFolders } from '../core/files.ts'

const lockName = '.training.lock'

/** The process that trains into a folder. */
interface Holder {
  readonly process: number
  /** Its machine, as several may share a folder. */
  readonly machine: string
  /** When it started, by its machine's clock, which tells it from a later process with its id. Only where /proc is. */
  readonly started?: string | undefined
}

const ours: Holder = { process: process.pid, machine: hostname(), started: startOf(process.pid) }

/** Every so many milliseconds a process touches its lock, for other machines to see that it lives. */
const beat = 10_000

/** A lock of another machine that nobody touches for so many milliseconds is of a process that has ended. */
const defaultPatience = 3 * beat

/** The folders that this process trains into. */
const held = new Set<string>()

/**
 * Runs a task that writes into a run folder, while no other may. A lock that a dead process left is taken over: at once, or
 * if it was of another machine, such as a node that crashed, or of another thread of this process, after nobody has touched it
 * for half a minute. The lock goes
 * when the task ends or the process exits, and with it folders that are still empty.
 *
 * @param folder - The run folder, which need not exist, or undefined for a run in memory.
 * @param task - What writes into it.
 * @param patience - For how many milliseconds to watch a lock of another machine or thread.
 * @returns What the task returns.
 * @throws InputError if another process, thread or call writes into the folder, or it is a file; what the task throws.
 */
export async function whileLocked<R>(
  folder: string | undefined,
  task: () => Promise<R>,
  patience = defaultPatience,
): Promise<R> {
  if (folder === undefined) return task()
  if (isFile(folder))
    throw new InputError(`${folder} is a file: give a folder as \`out\``, 'cannot-write', {
      option: 'out',
      value: folder,
    })
  const place = existsSync(folder) ? realpathSync(folder) : resolve(folder)
  const path = join(folder, lockName)
  if (held.has(place)) throw refusal(folder, ours)
  held.add(place)
  const made = missingFolders(folder)
  const remove = () => rmSync(path, { force: true })
  let beats: NodeJS.Timeout | undefined
  try {
    await takeLock(folder, path, patience)
    process.once('exit', remove)
    beats = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), beat).unref()
    return await task().finally(() => rm(path, { force: true }))
  } finally {
    clearInterval(beats)
    process.off('exit', remove)
    held.delete(place)
    // from the deepest up, and only folders still empty
    for (const each of made) await rmdir(each).catch(() => {})
  }
}

async function takeLock(folder: string, path: string, patience: number): Promise<void> {
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
    if (holder && (await isHeld(holder, path, patience))) throw refusal(folder, holder)
    await removeStale(path, text)
  }
}

/** The lock's text, once it is written; undefined if the lock has gone. */
async function lockText(path: string): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== '' || tries === 10) return text
    await sleep(10)
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    const { process, machine, started } = JSON.parse(text)
    return Number.isInteger(process) ? { process, machine, started } : undefined
  } catch {
    // a process that died while it wrote the lock
    return undefined
  }
}

/** Whether the process that a lock names still trains. */
async function isHeld(holder: Holder, path: string, patience: number): Promise<boolean> {
  const { machine, process: id, started } = holder
  if (machine !== ours.machine) return isTouched(path, patience)
  if (id !== ours.process) return isAlive(holder)
  // of an earlier process with this one's id, as after a container's restart
  if (ours.started !== undefined && started !== ours.started) return false
  // of another thread of this process, which may have been ended, or of such an earlier process where /proc is not
  return (await isFresh(path, patience)) || isTouched(path, patience)
}

/** Whether somebody has touched a lock lately, by this machine's clock. */
async function isFresh(path: string, patience: number): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.NEGATIVE_INFINITY }))
  return Math.abs(Date.now() - mtimeMs) < patience
}

/** Whether another process of this machine still runs. */
function isAlive({ process: id, started }: Holder): boolean {
  try {
    process.kill(id, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  if (ours.started === undefined) return true
  const now = startOf(id)
  return now !== undefined && (started === undefined || now === started)
}

/**
 * When a process started, as /proc says; undefined if there is no such process or no /proc, or if it has ended, and its
 * parent, such as the first process of a container, never asks how.
 */
function startOf(id: number): string | undefined {
  try {
    // the second field, the program's name in parentheses, may have any characters
    const fields = readFileSync(`/proc/${id}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    return /[ZX]/.test(fields[0]!) ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** Watches a lock; returns whether somebody touches it. */
async function isTouched(path: string, patience: number): Promise<boolean> {
  const touched = () =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
  const first = await touched()
  for (let waited = 0; waited < patience; waited += patience / 30) {
    await sleep(patience / 30)
    const now = await touched()
    // a lock that has gone can be taken at once
    if (now === undefined) return false
    if (now !== first) return true
  }
  return false
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

function refusal(folder: string, { process: id, machine }: Holder): InputError {
  const isOurs = machine === ours.machine
  const by = id === ours.process && isOurs ? 'this process' : `process ${id}`
  const where = isOurs ? '' : ` on ${machine}`
  return new InputError(
    `${folder} is being trained by ${by}${where}: wait until it ends, or give another \`out\``,
    'conflict',
    { option: 'out', value: folder },
  )
}

/** Whether a file is there. Where none can be looked for, what creates the folder says why. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
