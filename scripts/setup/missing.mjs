import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Entry a package in a lock file
 * @property {string} [version]
 * @property {boolean} [link]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 */

/**
 * @param {string} file
 * @returns {Record<string, Entry>}
 */
const readLock = (file) => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).packages ?? {}) : {})

/** @type {string | undefined} */
let known

/** @returns {string | undefined} this machine's C library, by npm's names */
const libc = () => {
  if (process.platform !== 'linux' || known) return known
  // By default a report lists the network's interfaces, which can take seconds.
  Object.assign(process.report, { excludeNetwork: true })
  const { header } = /** @type {{ header: Record<string, unknown> }} */ (process.report.getReport())
  known = header.glibcVersionRuntime ? 'glibc' : 'musl'
  return known
}

/**
 * @param {string[] | undefined} list allowed names, or with a leading `!`, forbidden ones
 * @param {() => string | undefined} value
 */
const allows = (list, value) => {
  if (!list || list.length === 0) return true
  const own = value()
  if (list.includes(`!${own}`)) return false
  return (
    list.every((name) => name.startsWith('!')) ||
    list.includes('any') ||
    (own !== undefined && list.includes(own))
  )
}

/** @param {Entry} entry */
const fits = (entry) =>
  allows(entry.os, () => process.platform) &&
  allows(entry.cpu, () => process.arch) &&
  allows(entry.libc, libc)

/**
 * The key of the package that `from` resolves `name` to: the nearest folder upwards that has it.
 * @param {Record<string, Entry>} lock
 * @param {string} from
 * @param {string} name
 */
const resolve = (lock, from, name) => {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const key = folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`
    if (lock[key]) return key
    if (!folder) return undefined
  }
}

/**
 * The packages of package-lock.json that this machine should have. Leaves out those for other machines and their
 * exclusive dependencies, which npm doesn't install either.
 * @param {Record<string, Entry>} lock
 */
const wanted = (lock) => {
  const keys = new Set([''])
  for (const from of keys) {
    const entry = lock[from] ?? {}
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = entry
    for (const name of Object.keys({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
      ...peerDependencies,
    })) {
      const key = resolve(lock, from, name)
      if (key && fits(lock[key] ?? {})) keys.add(key)
    }
  }
  keys.delete('')
  return [...keys]
}

/**
 * The packages in package-lock.json for this machine that node_modules lacks or has in another version.
 * @param {string} root
 * @returns {string[]} folders, relative to root
 */
export const missingPackages = (root) => {
  const lock = readLock(join(root, 'package-lock.json'))
  const installed = readLock(join(root, 'node_modules/.package-lock.json'))
  return wanted(lock).filter(
    (key) => installed[key]?.version !== lock[key]?.version || !existsSync(join(root, key, 'package.json')),
  )
}
