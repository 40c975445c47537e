// Makes a fresh clone ready: the packages in package-lock.json, then TensorFlow's native binding. Does nothing if done.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OLDEST = /** @type {const} */ ([20, 12])

/**
 * Exits with one line of output.
 * @param {number} status
 * @param {string} line
 * @returns {never}
 */
const leave = (status, line) => {
  console.error(`setup: ${line}`)
  process.exit(status)
}

/** @returns {boolean} whether --require-tensorflow was given */
const readArguments = () => {
  const known = '--require-tensorflow'
  const unknown = process.argv.slice(2).find((argument) => argument !== known)
  if (unknown !== undefined) leave(2, `there is no option ${unknown}, only ${known}`)
  return process.argv.includes(known)
}

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    leave(2, `Node ${process.versions.node} is too old; install Node ${OLDEST.join('.')} or newer`)
  }
}

/** Runs `npm ci`, with the npm that runs this script, if any. */
const installPackages = () => {
  const { npm_execpath: running = '' } = process.env
  const own = basename(running) === 'npm-cli.js' && existsSync(running)
  // NODE_ENV=production would omit the devDependencies.
  const args = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--loglevel=warn',
    '--no-update-notifier',
    '--no-audit',
    '--no-fund',
  ]
  const start = performance.now()
  const result = spawnSync(own ? process.execPath : 'npm', own ? [running, ...args] : args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: !own && process.platform === 'win32',
  })
  if (result.error) leave(3, `npm could not be started (${result.error.message})`)
  if (result.status !== 0) {
    process.stderr.write(result.stdout + result.stderr)
    leave(3, `npm ci failed (${result.signal ?? `exit ${result.status}`}); its output is above`)
  }
  console.error(`setup: npm ci took ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

checkNode()
const required = readArguments()
const { missingPackages } = await import('./setup/missing.mjs')
const missing = missingPackages(ROOT)
if (missing.length > 0) {
  console.error(`setup: npm ci has packages to install: ${missing.length}, the first ${missing[0]}`)
  installPackages()
}

const { InstallError } = await import('./tensorflow/install-error.mjs')
const { installTensorflow } = await import('./tensorflow/install.mjs')
try {
  await installTensorflow({ log: (line) => console.error(`setup: ${line}`) })
} catch (error) {
  const { code, message: reason } = /** @type {NodeJS.ErrnoException} */ (error)
  if (!(error instanceof InstallError) && !code) throw error
  if (required) leave(2, reason)
  console.error(`setup: ${reason}. Training runs on onnxruntime (engine onnx) without it`)
}
