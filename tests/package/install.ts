import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'
import type { Outcome } from '../helpers/cli.ts'
import { fixture } from '../helpers/fixtures.ts'
import { words } from '../helpers/words.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** npm tells what it starts where it works: an npm within would take that for its own folder. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_local)|INIT_CWD)/.test(name),
  ),
)

/** Runs a program to its end in a folder. */
export function run(folder: string, program: string, ...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Runs one that has to succeed, and returns its stdout. */
export function succeed(folder: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr } = run(folder, program, ...args)
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${status}: ${stdout}${stderr}`)
  return stdout
}

export interface Packed {
  /** An empty temporary folder. */
  readonly folder: string
  readonly tarball: string
  /** The paths in it. */
  readonly files: readonly string[]
}

/** The built project, packed. */
export async function pack(): Promise<Packed> {
  const packed = await fixture('tarball', (place) => {
    const json = succeed(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', place)
    const [{ filename, files }] = JSON.parse(json) as [{ filename: string; files: { path: string }[] }]
    return { tarball: join(place, filename), files: files.map(({ path }) => path) }
  })
  return { folder: realpathSync(mkdtempSync(join(tmpdir(), 'moonstep-install-'))), ...packed }
}

/** Unpacks a tarball as a project's package, beside all others of ours, as an install would: its folder. */
export function linkPackage(project: string, tarball: string): string {
  const modules = join(project, 'node_modules')
  mkdirSync(modules, { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== 'moonstep') symlinkSync(join(root, 'node_modules', name), join(modules, name))
  succeed(project, 'tar', '-xzf', tarball, '-C', modules)
  renameSync(join(modules, 'package'), join(modules, 'moonstep'))
  return join(modules, 'moonstep')
}

/** Installs a tarball in a folder, without any package's install script. */
export function install(folder: string, tarball: string, ...options: string[]): void {
  const quiet = words`--ignore-scripts --prefer-offline --no-audit --no-fund`
  succeed(folder, 'npm', 'install', ...quiet, ...options, tarball)
}

/** A suite that installs packages: skipped, with the reason, where npm reaches no package index. */
export function describeWithIndex(name: string, body: () => void): void {
  const { status } = run(
    root,
    'npm',
    'view',
    'yargs',
    'version',
    '--fetch-retries=0',
    '--fetch-timeout=10000',
  )
  const missing = 'needs a package index: npm view yargs has to work'
  if (status === 0) describe(name, body)
  else if (process.env.MOONSTEP_REQUIRE_ALL)
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(missing)
      })
    })
  else describe.skipIf(true)(`${name} (${missing})`, body)
}
