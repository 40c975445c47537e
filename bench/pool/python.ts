import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Missing } from './protocol.ts'

const venv = 'build/bench-venv'
const program = join(venv, 'bin', 'python')

/** What the judges, the peers and the peers' server import. The tasks of one that can't be installed are missing. */
const packages = [
  ...['numpy', 'pandas', 'scikit-learn', 'lightgbm', 'sdmetrics', 'pot'],
  ...[
    'torch',
    'onnxruntime',
    'ctgan',
    'copulas',
    'ForestDiffusion',
    'mostlyai-engine',
    'fastapi',
    'uvicorn[standard]',
    'orjson',
  ],
]

/** A Python with the packages, in an environment that is made once. Throws `Missing` if it can't be made. */
export function findPython(log: (line: string) => void): string {
  if (existsSync(program)) return program
  log(`making ${venv} with ${packages.join(', ')}`)
  if (spawnSync('python3', ['-m', 'venv', venv]).status !== 0) throw new Missing(`python3 can't make ${venv}`)
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
  const install = (names: readonly string[]) =>
    spawnSync(program, ['-m', 'pip', 'install', ...quiet, ...names]).status === 0
  // all at once, so that pip finds versions that fit; if one can't be installed, the others one by one
  if (!install(packages)) for (const name of packages) if (!install([name])) log(`pip can't install ${name}`)
  return program
}

/** The folder of the libraries to measure beside ours in a page. */
export const pagePeers = 'build/page-peers'
export const hasPagePeers = () => existsSync(join(pagePeers, 'node_modules'))

/** Installs them if missing. If that fails, their tasks are missing. */
export function installPagePeers(log: (line: string) => void): void {
  if (hasPagePeers()) return
  log(`installing jax-js and tfjs into ${pagePeers}`)
  mkdirSync(pagePeers, { recursive: true })
  copyFileSync('bench/page/peers/package.json', join(pagePeers, 'package.json'))
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  spawnSync('npm', ['install', ...quiet], { cwd: pagePeers, shell: process.platform === 'win32' })
}
