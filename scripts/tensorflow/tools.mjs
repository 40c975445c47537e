// What a build needs on this machine.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InstallError } from './install-error.mjs'
import { run } from './run.mjs'

/** @returns {string | undefined} the folder of Node's own headers */
const findHeaders = () =>
  [
    ...(process.env.npm_config_nodedir ? [join(process.env.npm_config_nodedir, 'include/node')] : []),
    join(dirname(process.execPath), '../include/node'),
    '/usr/include/node',
  ].find((folder) => existsSync(join(folder, 'node_api.h')))

/**
 * Finds what the build needs, or reports everything missing at once.
 * @returns {Promise<{ headers: string, pip: boolean }>} whether python3 has pip itself, or only makes a venv with it
 */
export const findTools = async () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new InstallError(
      `on ${process.platform} ${process.arch} there is no other way to get it`,
      'run this again where that download can be reached, with --limit SECONDS where it is slow',
    )
  }
  const [python, pip, venv, compiler] = await Promise.all([
    run('python3', ['-c', '']),
    run('python3', ['-c', 'import pip']),
    run('python3', ['-c', 'import venv, ensurepip']),
    run('g++', ['--version']),
  ])
  const headers = findHeaders()
  const missing = [
    ...(python.ok ? [] : ['python3']),
    ...(pip.ok || venv.ok ? [] : ['pip']),
    ...(compiler.ok ? [] : ['g++']),
    ...(headers ? [] : ["Node's headers (include/node beside its bin, or npm_config_nodedir)"]),
  ]
  if (missing.length === 0 && headers) return { headers, pip: pip.ok }
  throw new InstallError(
    `to build it here, this is missing: ${missing.join(', ')}`,
    'install what is missing (Debian: apt-get install g++ python3-venv) and run this again',
  )
}
