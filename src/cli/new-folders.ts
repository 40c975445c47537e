import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { missingFolders } from '../core/files.ts'
import { note } from './output.ts'

/** The options that name a file or folder to write. */
const written = ['out', 'sampler-out', 'seeded-out', 'report', 'trajectory', 'markdown'] as const

/**
 * The folders outside the working folder in which a command will write, and which don't exist yet. A mistyped path makes
 * folders too, and inside the working folder they are seen.
 */
export function missingParents(argv: Readonly<Record<string, unknown>>): string[] {
  return written.flatMap((option) => {
    const path = argv[option]
    if (typeof path !== 'string' || path === '') return []
    const parent = dirname(path)
    const isOutside = /^\.\.([\\/]|$)|^([\\/]|[A-Za-z]:)/.test(relative('.', resolve(parent)))
    return isOutside ? missingFolders(parent).slice(0, 1) : []
  })
}

/** Says which of the folders the command has made. */
export function noteMade(folders: readonly string[]): void {
  for (const folder of new Set(folders)) if (existsSync(folder)) note(`made the folder ${folder}`)
}
