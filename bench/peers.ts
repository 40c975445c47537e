import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

const packages = ['torch', 'onnxruntime', 'numpy']
const venvs = ['.venv', 'build/peers-venv'] as const

/** The folder of the libraries to measure beside ours in a page. */
export const pagePeers = 'build/page-peers'

/** Installs them if missing. The rows report a failure: their libraries are missing. */
export function installPagePeers(log: (line: string) => void): void {
  if (existsSync(join(pagePeers, 'node_modules'))) return
  log(`installing jax-js and tfjs into ${pagePeers}`)
  mkdirSync(pagePeers, { recursive: true })
  copyFileSync('bench/peers/page/package.json', join(pagePeers, 'package.json'))
  spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: pagePeers,
    shell: process.platform === 'win32',
  })
}

/** A Python with the peers' libraries, or why there is none. */
export type Python = { readonly program: string } | { readonly missing: string }

/** The project's own environment if it has them, otherwise one made for them. */
export function findPython(log: (line: string) => void): Python {
  const ready = venvs.map(programOf).find(hasPackages)
  if (ready) return { program: ready }
  const [, venv] = venvs
  log(`making ${venv} with ${packages.join(', ')}`)
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', '--clear', venv]],
    [
      programOf(venv),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', ...packages],
    ],
  ]
  for (const [command, args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' })
    if (status === 0) continue
    return { missing: `${venv} can't be made: ${error?.message ?? stderr.trim().split('\n').at(-1)}` }
  }
  return { program: programOf(venv) }
}

function programOf(venv: string): string {
  return join(venv, 'bin', 'python')
}

function hasPackages(program: string): boolean {
  const code = packages.map((name) => `import ${name}`).join('\n')
  return existsSync(program) && spawnSync(program, ['-c', code]).status === 0
}
