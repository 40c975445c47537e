// The cache of finished bindings, and the work folders beside them.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { hasBinding } from './binding.mjs'
import { InstallError } from './install-error.mjs'

const HOUR = 3_600_000

const cacheHome = () => {
  const base = process.env.XDG_CACHE_HOME
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'moonstep')
}

/**
 * The folder for a finished binding, outside node_modules because `npm ci` empties that.
 * @param {string} version
 */
export const cacheEntry = (version) =>
  join(cacheHome(), `tensorflow-${version}-${process.platform}-${process.arch}`)

const makeFolder = () => {
  try {
    mkdirSync(cacheHome(), { recursive: true })
    return mkdtempSync(join(cacheHome(), 'work-'))
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    throw new InstallError(
      `no TensorFlow binding: nothing can be written to ${cacheHome()} (${code})`,
      'point XDG_CACHE_HOME at a folder with a gigabyte to spare',
    )
  }
}

/**
 * Makes a work folder beside the cache entries. Its `package` is a copy of tfjs-node, so that a download or build
 * reaches the real package only once it loads.
 * @param {string} packageDir
 * @returns {{ folder: string, copy: string }}
 */
export const openWork = (packageDir) => {
  const folder = makeFolder()
  const copy = join(folder, 'package')
  for (const name of ['package.json', 'binding.gyp', 'binding', 'dist', 'scripts']) {
    cpSync(join(packageDir, name), join(copy, name), { recursive: true })
  }
  return { folder, copy }
}

/**
 * Moves the work folder's binding to the cache by one rename. If another process was faster, its entry stays, since a
 * package may already be linked to it.
 * @param {{ folder: string, copy: string }} work
 * @param {string} entry
 * @param {boolean} replace the entry is known not to load
 */
export const store = ({ folder, copy }, entry, replace) => {
  const next = join(folder, 'entry')
  mkdirSync(next)
  for (const name of ['lib', 'deps']) renameSync(join(copy, name), join(next, name))
  if (existsSync(entry) && (replace || !hasBinding(entry))) renameSync(entry, join(folder, 'old'))
  try {
    renameSync(next, entry)
  } catch (error) {
    if (!hasBinding(entry)) throw error
  }
}

/**
 * Removes work folders that killed processes left behind.
 * @param {number} [age] only those untouched for this many milliseconds, since others may be in use
 */
export const sweep = (age = HOUR) => {
  if (!existsSync(cacheHome())) return
  for (const name of readdirSync(cacheHome())) {
    const folder = join(cacheHome(), name)
    const stat = name.startsWith('work-') && statSync(folder, { throwIfNoEntry: false })
    if (stat && Date.now() - stat.mtimeMs >= age) rmSync(folder, { recursive: true, force: true })
  }
}
