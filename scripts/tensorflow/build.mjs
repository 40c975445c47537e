import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InstallError, lastWord, run } from './run.mjs'

const WHEEL = 'tensorflow-cpu==2.15.1'

// Any Python works, since the wheel is only unpacked.
const PIP = (
  '-m pip download --quiet --disable-pip-version-check --no-input --retries 2 --no-deps --only-binary=:all: ' +
  '--python-version 3.11 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64'
).split(' ')

const UNPACK = `
import sys, zipfile
wheel, folder = sys.argv[1:]
parts = ('libtensorflow_cc.', 'libtensorflow_framework.', 'include/tensorflow/c/', 'include/tensorflow/core/platform/',
         'include/tsl/c/', 'include/tsl/platform/')
with zipfile.ZipFile(wheel) as z:
    z.extractall(folder, [n for n in z.namelist() if n.startswith(tuple('tensorflow/' + p for p in parts))])
`

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']

/** The names that tfjs-node's install script, its binding.gyp and the loader expect for the libraries. */
const LINKS = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow.so.2': 'libtensorflow_cc.so.2',
  'libtensorflow.so.2.9.1': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
}

/**
 * Stops the build if a program failed.
 * @param {import('./run.mjs').Result} result
 * @param {string} what
 * @param {string} [fix]
 */
const check = (result, what, fix = 'run this again once that is put right') => {
  if (result.ok) return
  throw new InstallError(`${what} (${result.timedOut ? 'it took too long' : lastWord(result)})`, fix)
}

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
const findTools = async () => {
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

/**
 * Downloads the wheel and puts its needed parts into the copy's deps/.
 * @param {string} copy
 * @param {string} folder
 * @param {boolean} pip whether python3 has pip
 * @param {NodeJS.ProcessEnv} env
 */
const fetchLibraries = async (copy, folder, pip, env) => {
  let python = 'python3'
  if (!pip) {
    const made = await run('python3', ['-m', 'venv', join(folder, 'venv')], { env })
    check(made, 'python3 has no pip and could not make a venv with it', 'install pip and run this again')
    python = join(folder, 'venv/bin/python')
  }
  const wheels = join(folder, 'wheel')
  const fetched = await run(python, [...PIP, '--dest', wheels, WHEEL], { env })
  check(fetched, `pip could not get the wheel ${WHEEL}`, 'run this again where pip reaches a package index')
  const wheel = join(wheels, readdirSync(wheels)[0] ?? '')
  check(await run('python3', ['-c', UNPACK, wheel, folder], { env }), 'the wheel could not be unpacked')
  rmSync(wheels, { recursive: true })

  const lib = join(copy, 'deps/lib')
  mkdirSync(lib, { recursive: true })
  renameSync(join(folder, 'tensorflow/include'), join(copy, 'deps/include'))
  for (const name of LIBRARIES) renameSync(join(folder, 'tensorflow', name), join(lib, name))
  for (const [name, target] of Object.entries(LINKS)) symlinkSync(target, join(lib, name))
}

/**
 * Builds the binding in a copy of the package, from the libraries in a wheel of TensorFlow.
 * @param {string} copy
 * @param {string} folder for temporary files
 */
export const build = async (copy, folder) => {
  const { headers, pip } = await findTools()
  // Removing this folder also removes the temporary files of killed programs.
  const env = { ...process.env, TMPDIR: folder }
  await fetchLibraries(copy, folder, pip, env)

  const flags = ['-c', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8', `-I${headers}`, '-Ideps/include']
  const [backend, binding] = await Promise.all([
    run('g++', [...flags, 'binding/tfjs_backend.cc'], { cwd: copy, env }),
    run('g++', [...flags, 'binding/tfjs_binding.cc'], { cwd: copy, env }),
    // Only saves space: 449 MB instead of 614.
    run('strip', LIBRARIES, { cwd: join(copy, 'deps/lib'), env }),
  ])
  check(backend, 'g++ could not compile the binding')
  check(binding, 'g++ could not compile the binding')

  mkdirSync(join(copy, 'lib/napi-v8'), { recursive: true })
  const output = ['-shared', '-o', 'lib/napi-v8/tfjs_binding.node', 'tfjs_backend.o', 'tfjs_binding.o']
  const libraries = [
    '-Ldeps/lib',
    '-ltensorflow',
    '-ltensorflow_framework',
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]
  check(await run('g++', [...output, ...libraries], { cwd: copy, env }), 'g++ could not link the binding')
}
