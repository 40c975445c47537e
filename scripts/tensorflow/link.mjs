// A cache entry's binding, linked into the package.
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { clear, loadError, stamp } from './binding.mjs'

/**
 * Puts a cache entry's binding into the package: copies the small lib/ and links the large deps/. Each file appears by a
 * rename, deps/ first, so that a binding is never visible without its library, and two processes at once only repeat the
 * work.
 * @param {string} entry
 * @param {string} packageDir
 * @param {string} version
 * @returns {Promise<string | undefined>} the error; the package then has no binding
 */
export const link = async (entry, packageDir, version) => {
  const deps = join(packageDir, 'deps')
  const target = join(packageDir, 'lib/napi-v8')
  const suffix = `.${process.pid}`
  rmSync(deps + suffix, { force: true })
  symlinkSync(join(entry, 'deps'), deps + suffix, 'junction')
  if (!lstatSync(deps, { throwIfNoEntry: false })?.isSymbolicLink())
    rmSync(deps, { recursive: true, force: true })
  renameSync(deps + suffix, deps)
  mkdirSync(target, { recursive: true })
  for (const name of readdirSync(join(entry, 'lib/napi-v8'))) {
    const next = join(target, name + suffix)
    await cp(join(entry, 'lib/napi-v8', name), next, { verbatimSymlinks: true })
    renameSync(next, join(target, name))
  }
  const error = await loadError(packageDir)
  if (error) clear(packageDir)
  else stamp(packageDir, version)
  return error
}
