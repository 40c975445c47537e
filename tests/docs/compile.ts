import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './place.ts'

const compiler = join(root, 'node_modules/@typescript/native/bin/tsc')
const options = [
  '--target es2023 --lib es2023,dom,dom.iterable --module nodenext --moduleDetection force',
  '--types node --strict --skipLibCheck --pretty false',
].flatMap((line) => line.split(' '))

/**
 * Checks TypeScript files against the package's types, strictly, and writes each as .js beside it.
 * Throws: what the compiler says.
 */
export function compile(folder: string, files: readonly string[]): void {
  if (files.length === 0) return
  const types = ['--typeRoots', join(root, 'node_modules/@types')]
  const { status, stdout, error } = spawnSync(process.execPath, [compiler, ...options, ...types, ...files], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw error ?? new Error(stdout)
}
