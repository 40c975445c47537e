// The two ways to a binding: tfjs-node's own download, then a build from a wheel of TensorFlow.
import { clear, loadError } from './binding.mjs'
import { build } from './build.mjs'
import { download } from './download.mjs'
import { InstallError } from './install-error.mjs'
import { announce } from './run.mjs'

/**
 * Makes a binding in a copy of the package, in the first way that works.
 * @param {{ folder: string, copy: string }} work
 * @param {string} packageDir
 * @param {(line: string) => void} log
 * @param {number} downloadLimit
 */
export const makeBinding = async (work, packageDir, log, downloadLimit) => {
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
      const error = await loadError(work.copy, packageDir)
      if (!error) return route
      throw new InstallError(
        `the binding by ${route} does not load (${error})`,
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
