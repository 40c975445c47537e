// The binding inside the package: where it is, whether it loads, and the stamp that spares loading it again.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { errorLine, run } from './run.mjs'

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
 * @returns {Promise<string | undefined>} the error, if any
 */
export const loadError = async (packageDir, home = packageDir) => {
  if (!hasBinding(packageDir)) return `${BINDING} or its TensorFlow library is missing`
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', NODE_PATH: moduleFolders(home).join(delimiter) }
  const result = await run(process.execPath, ['-e', CHECK, packageDir], { env, limit: 120_000 })
  return result.ok ? undefined : errorLine(result)
}

/**
 * Removes the binding, or parts of one, from the package. The target of a link stays.
 * @param {string} packageDir
 */
export const clear = (packageDir) => {
  for (const name of ['lib', 'deps']) rmSync(join(packageDir, name), { recursive: true, force: true })
}
