// Puts a working binding into the package: the one that is there, one from the cache, or a new one.
import { accessSync, constants as files, realpathSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { clear, hasBinding, isCurrent, loadError, stamp, versionOf } from './binding.mjs'
import { cacheEntry, openWork, store, sweep } from './cache.mjs'
import { InstallError } from './install-error.mjs'
import { link } from './link.mjs'
import { makeBinding } from './make.mjs'
import { findPackage } from './package.mjs'
import { endAll } from './run.mjs'

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
    if (!(await loadError(target))) {
      stamp(target, version)
      done('found and checked')
      return 'found'
    }
    clear(target)
  }

  const entry = cacheEntry(version)
  const cached = hasBinding(entry)
  if (cached) {
    const error = await link(entry, target, version)
    if (!error) {
      done('linked from the cache')
      return 'cache'
    }
    log(`the TensorFlow binding in the cache does not load (${error}), so it is made anew`)
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
    const route = await makeBinding(work, target, log, downloadLimit)
    store(work, entry, cached)
    const error = await link(entry, target, version)
    if (error) throw new InstallError(`the new TensorFlow binding does not load (${error})`, 'run this again')
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
    accessSync(folder, files.W_OK)
  } catch {
    throw new InstallError(
      `no TensorFlow binding: nothing can be written to ${folder}`,
      'run this as the user who installed it',
    )
  }
}
