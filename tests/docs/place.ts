import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Outcome } from '../helpers/cli.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A folder in which `npm install moonstep` has been run, as far as a reader can tell. */
export interface Place {
  readonly folder: string
  write(file: string, text: string): void
  run(program: string, ...args: string[]): Outcome
  remove(): void
}

/** The built package, and what npm would bring with it, linked into a temporary folder. */
export function createPlace(): Place {
  const main = join(root, 'dist/cli/main.js')
  if (!existsSync(main)) throw new Error('dist/cli/main.js is missing: npm run build')
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'moonstep-docs-')))
  const modules = join(folder, 'node_modules')
  const bin = join(modules, '.bin')
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const script = (name: string, text: string) => {
    write(join('node_modules/.bin', name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  script('moonstep', `exec '${process.execPath}' '${main}' "$@"`)
  // what npx comes to for a command that is there, without the half second in which it finds that out
  script('npx', 'exec "$@"')
  symlinkSync(join(root, 'node_modules/.bin/vite'), join(bin, 'vite'))
  symlinkSync(root, join(modules, 'moonstep'))
  symlinkSync(join(root, 'node_modules/onnxruntime-node'), join(modules, 'onnxruntime-node'))
  write('package.json', '{ "type": "module" }\n')
  const env = {
    ...process.env,
    PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
  }
  return {
    folder,
    write,
    run(program, ...args) {
      const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' })
      return { status, stdout, stderr }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
