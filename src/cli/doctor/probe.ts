import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** What is looked at of a machine: its files, its programs, the environment. */
export interface Probe {
  readonly platform: string
  readonly arch: string
  readonly env: Readonly<Record<string, string | undefined>>
  exists(path: string): boolean
  /** A file's text; nothing where it can't be read. */
  read(path: string): string | undefined
  /** The names in a folder; none where it isn't there. */
  list(folder: string): readonly string[]
  /** What a program prints; nothing where it isn't there, fails, or takes ten seconds. */
  run(command: string, args: readonly string[]): string | undefined
}

/** This machine. */
export const machine: Probe = {
  platform: process.platform,
  arch: process.arch,
  env: process.env,
  exists: existsSync,
  read: (path) => orUndefined(() => readFileSync(path, 'utf8')),
  list: (folder) => orUndefined(() => readdirSync(folder)) ?? [],
  run(command, args) {
    const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 })
    return status === 0 ? stdout : undefined
  },
}

function orUndefined<R>(read: () => R): R | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
