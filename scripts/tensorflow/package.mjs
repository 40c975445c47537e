// Where tfjs-node is installed, or should be.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InstallError } from './install-error.mjs'
import { announce, errorLine, run } from './run.mjs'

const NAME = '@tensorflow/tfjs-node'

/** Moonstep's folder. */
const MOONSTEP = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const notInstalled = `${NAME} is not installed`

/** The folder of tfjs-node, as Node resolves it from here. Throws an InstallError if it is not installed. */
export const findPackage = () => {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${NAME}/package.json`))
  } catch {
    throw new InstallError(notInstalled, 'run `moonstep doctor --install tensorflow`')
  }
}

/**
 * Adds tfjs-node to the project that contains moonstep, without its install script. Does nothing if it is there.
 * @param {(line: string) => void} log
 * @returns {Promise<string>} its folder
 */
export const ensurePackage = async (log) => {
  try {
    return findPackage()
  } catch (error) {
    if (!(error instanceof InstallError)) throw error
  }
  const modules = dirname(MOONSTEP)
  if (basename(modules) !== 'node_modules') throw new InstallError(notInstalled, 'run `npm ci`')
  const project = dirname(modules)
  const { version, peerDependencies } = JSON.parse(readFileSync(join(MOONSTEP, 'package.json'), 'utf8'))
  const wanted = `${NAME}@${peerDependencies[NAME]}`
  const lockfiles = ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb']
  const other = lockfiles.find((name) => existsSync(join(project, name)))
  // npm must not change what another package manager installed; pnpm keeps a package below moonstep@<version>
  if (other || basename(project).startsWith(`moonstep@${version}`))
    throw new InstallError(notInstalled, `add ${wanted} to your project and run this again`)

  // a folder of global packages has no manifest
  const place = existsSync(join(project, 'package.json')) ? [] : ['--global']
  const args = ['install', ...place, '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', wanted]
  // on Windows, npm is a script that needs the shell
  const [program, ...first] = process.platform === 'win32' ? ['cmd.exe', '/c', 'npm'] : ['npm']
  const result = await announce(
    log,
    `npm ${args.join(' ')}`,
    run(program, [...first, ...args], { cwd: project }),
  )
  if (!result.ok)
    throw new InstallError(`npm could not install ${wanted} (${errorLine(result)})`, 'run this again')
  return join(modules, NAME)
}
