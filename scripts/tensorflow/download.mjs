// tfjs-node's own download.
import { delimiter, dirname, join } from 'node:path'
import { moduleFolders } from './binding.mjs'
import { InstallError } from './install-error.mjs'
import { errorLine, run } from './run.mjs'

/**
 * Runs tfjs-node's own install script in a copy of the package, as npm would. The script rewrites package.json while it
 * runs and leaves half a deps/ behind if it fails, so it never runs in the package itself.
 * @param {string} copy
 * @param {string} packageDir the original package, to find the script's dependencies
 * @param {number} limit milliseconds
 */
export const download = async (copy, packageDir, limit) => {
  const folders = moduleFolders(packageDir)
  const path = [...folders.map((folder) => join(folder, '.bin')), dirname(process.execPath), process.env.PATH]
  const env = { ...process.env, NODE_PATH: folders.join(delimiter), PATH: path.join(delimiter) }
  const result = await run(process.execPath, ['scripts/install.js'], { cwd: copy, env, limit })
  if (result.ok) return
  const why = result.timedOut ? `it was not done after ${limit / 1000} s` : errorLine(result)
  throw new InstallError(
    `the official download failed (${why})`,
    'run this again where it can be reached, with --limit SECONDS where it is slow',
  )
}
