// Installs @tensorflow/tfjs-node's native binding: from the cache, by its own download, or built from a wheel.
import { accessSync, existsSync, constants as fsConstants, realpathSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { clear, fault, hasBinding, isCurrent, link, stamp, versionOf } from './tensorflow/binding.mjs'
import { build } from './tensorflow/build.mjs'
import { cacheEntry, openWork, store, sweep } from './tensorflow/cache.mjs'
import { download } from './tensorflow/download.mjs'
import { ensurePackage, findPackage } from './tensorflow/package.mjs'
import { announce, endAll, InstallError } from './tensorflow/run.mjs'

export { InstallError }

/**
 * Makes a binding in a copy of the package, in the first way that works.
 * @param {{ folder: string, copy: string }} work
 * @param {string} packageDir
 * @param {(line: string) => void} log
 * @param {number} downloadLimit
 */
const make = async (work, packageDir, log, downloadLimit) => {
  const ways = [
    {
      route: /** @type {const} */ ('download'),
      line: `downloading TensorFlow (given up after ${downloadLimit / 1000} s)`,
      go: () => download(work.copy, packageDir, downloadLimit),
    },
    {
      route: /** @type {const} */ ('build'),
      line: 'building the TensorFlow binding from a wheel of 207 MB (half a minute, and the time to fetch it)',
      go: () => build(work.copy, work.folder),
    },
  ]
  /** @type {InstallError[]} */
  const errors = []
  for (const { route, line, go } of ways) {
    try {
      await announce(log, line, go())
      const wrong = await fault(work.copy, packageDir)
      if (!wrong) return route
      throw new InstallError(
        `the binding by ${route} does not load (${wrong})`,
        'report this with its message',
      )
    } catch (error) {
      if (!(error instanceof InstallError)) throw error
      errors.push(error)
      clear(work.copy)
    }
  }
  throw new InstallError(
    `no TensorFlow binding: ${errors.map((error) => error.why).join('; ')}`,
    errors.at(-1)?.fix ?? '',
  )
}

/**
 * Installs tfjs-node's native binding. If that fails, throws an InstallError, and leaves the package without a binding
 * but otherwise as it was.
 * @param {{ packageDir?: string, log?: (line: string) => void, downloadLimit?: number }} [options]
 * @returns {Promise<'ready' | 'found' | 'cache' | 'download' | 'build'>} where the binding came from
 */
export async function installTensorflow({ packageDir, log = console.error, downloadLimit = 20_000 } = {}) {
  const target = realpathSync(packageDir ?? findPackage())
  const version = versionOf(target)
  if (isCurrent(target, version)) return 'ready'

  checkWritable(target)
  const start = performance.now()
  /** @param {string} what */
  const done = (what) =>
    log(`TensorFlow binding ${what} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  if (hasBinding(target)) {
    if (!(await fault(target))) {
      stamp(target, version)
      done('found and checked')
      return 'found'
    }
    clear(target)
  }

  const entry = cacheEntry(version)
  const cached = hasBinding(entry)
  if (cached) {
    const wrong = await link(entry, target, version)
    if (!wrong) {
      done('linked from the cache')
      return 'cache'
    }
    log(`the TensorFlow binding in the cache does not load (${wrong}), so it is made anew`)
  }

  sweep()
  const work = openWork(target)
  /** @param {NodeJS.Signals} signal */
  const interrupted = (signal) => {
    endAll()
    rmSync(work.folder, { recursive: true, force: true, maxRetries: 3 })
    process.exit(128 + constants.signals[signal])
  }
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of signals) process.once(signal, interrupted)
  try {
    const route = await make(work, target, log, downloadLimit)
    store(work, entry, cached)
    const wrong = await link(entry, target, version)
    if (wrong) throw new InstallError(`the new TensorFlow binding does not load (${wrong})`, 'run this again')
    done(route === 'build' ? 'built' : 'downloaded')
    return route
  } finally {
    for (const signal of signals) process.off(signal, interrupted)
    rmSync(work.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** @param {string} folder */
const checkWritable = (folder) => {
  try {
    accessSync(folder, fsConstants.W_OK)
  } catch {
    throw new InstallError(
      `no TensorFlow binding: nothing can be written to ${folder}`,
      'run this as the user who installed it',
    )
  }
}

/**
 * The command line, which also installs the package if it is missing. `--clean` removes the binding and what killed runs
 * left behind; the finished cache entry stays.
 */
const main = async () => {
  const { values } = parseArgs({ options: { clean: { type: 'boolean' }, limit: { type: 'string' } } })
  const seconds = Number(values.limit ?? 20)
  if (!(seconds > 0))
    throw new InstallError(`--limit ${values.limit} is no number of seconds`, 'give one above 0')
  if (values.clean) {
    sweep(0)
    clear(findPackage())
    return
  }
  const packageDir = await ensurePackage(console.error)
  if ((await installTensorflow({ packageDir, downloadLimit: seconds * 1000 })) === 'ready')
    console.error('TensorFlow binding in place')
}

const script = process.argv[1]
if (script && existsSync(script) && realpathSync(script) === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message)
    process.exitCode = error instanceof InstallError || error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 3
  })
}
