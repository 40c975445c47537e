import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { lastWord, run } from './run.mjs'

const BINDING = 'lib/napi-v8/tfjs_binding.node'
const STAMP = 'lib/moonstep-stamp'
/** @type {Partial<Record<NodeJS.Platform, string>>} */
const LIBRARIES = { linux: 'libtensorflow.so.2', darwin: 'libtensorflow.2.dylib', win32: 'tensorflow.dll' }

const CHECK = `
const util = require('node:util')
util.isNullOrUndefined ??= (value) => value == null // gone in Node 23, and tfjs-node calls it
const tf = require(process.argv[1])
const [a, b] = tf.matMul([[1, 2], [3, 4]], [[1], [1]]).dataSync()
if (tf.getBackend() !== 'tensorflow' || a !== 3 || b !== 7) throw new Error('a matrix product came out wrong')
`

/** @param {string} packageDir */
export const versionOf = (packageDir) =>
  JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')).version

/** @param {string} version */
const stampOf = (version) => `${version} ${process.platform} ${process.arch}\n`

/**
 * Whether a folder holds a binding and the library that it needs, in tfjs-node's layout. Loads nothing.
 * @param {string} folder
 */
export const hasBinding = (folder) =>
  existsSync(join(folder, BINDING)) &&
  existsSync(join(folder, 'deps/lib', LIBRARIES[process.platform] ?? 'libtensorflow.so.2'))

/**
 * Whether the package's binding is known to load here. Costs a few file look-ups.
 * @param {string} packageDir
 * @param {string} version
 */
export const isCurrent = (packageDir, version) => {
  const file = join(packageDir, STAMP)
  return hasBinding(packageDir) && existsSync(file) && readFileSync(file, 'utf8') === stampOf(version)
}

/**
 * Marks the package's binding as known to load.
 * @param {string} packageDir
 * @param {string} version
 */
export const stamp = (packageDir, version) => {
  const next = join(packageDir, `${STAMP}.${process.pid}`)
  writeFileSync(next, stampOf(version))
  renameSync(next, join(packageDir, STAMP))
}

/**
 * The node_modules folders that a package's own requires search.
 * @param {string} packageDir
 */
export const moduleFolders = (packageDir) =>
  createRequire(join(packageDir, 'package.json')).resolve.paths('any') ?? []

/**
 * Loads a tfjs-node package in a separate process and multiplies two matrices.
 * @param {string} packageDir
 * @param {string} [home] where to find its dependencies, if it is a copy
 * @returns {Promise<string | undefined>} what went wrong
 */
export const fault = async (packageDir, home = packageDir) => {
  if (!hasBinding(packageDir)) return `${BINDING} or its TensorFlow library is missing`
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', NODE_PATH: moduleFolders(home).join(delimiter) }
  const result = await run(process.execPath, ['-e', CHECK, packageDir], { env, limit: 120_000 })
  return result.ok ? undefined : lastWord(result)
}

/**
 * Puts a cache entry's binding into the package: copies the small lib/ and links the large deps/. Each file appears by a
 * rename, deps/ first, so that a binding is never visible without its library, and two processes at once only repeat the
 * work.
 * @param {string} entry
 * @param {string} packageDir
 * @param {string} version
 * @returns {Promise<string | undefined>} what went wrong; the package then has no binding
 */
export const link = async (entry, packageDir, version) => {
  const deps = join(packageDir, 'deps')
  const target = join(packageDir, 'lib/napi-v8')
  const own = `.${process.pid}`
  rmSync(deps + own, { force: true })
  symlinkSync(join(entry, 'deps'), deps + own, 'junction')
  if (!lstatSync(deps, { throwIfNoEntry: false })?.isSymbolicLink())
    rmSync(deps, { recursive: true, force: true })
  renameSync(deps + own, deps)
  mkdirSync(target, { recursive: true })
  for (const name of readdirSync(join(entry, 'lib/napi-v8'))) {
    const next = join(target, name + own)
    await cp(join(entry, 'lib/napi-v8', name), next, { verbatimSymlinks: true })
    renameSync(next, join(target, name))
  }
  const wrong = await fault(packageDir)
  if (wrong) clear(packageDir)
  else stamp(packageDir, version)
  return wrong
}

/**
 * Removes the binding, or parts of one, from the package. The target of a link stays.
 * @param {string} packageDir
 */
export const clear = (packageDir) => {
  for (const name of ['lib', 'deps']) rmSync(join(packageDir, name), { recursive: true, force: true })
}
