/** What a training of several tables was begun with, so that a stopped one is continued with nothing else. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../core/errors.ts'
import { writeTogether } from '../core/files.ts'
import type { Database } from '../database/database.ts'
import { definitionOf, pointsOf } from '../table/table.ts'

/** The file in a run's folder that has the digest. */
export const begunFile = 'begun.json'

/** The SHA-256 of the tables, how they meet, and the options that the models depend on, in hexadecimal. */
export function digestOfTraining({ schema, tables }: Database, options: object): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify({ schema, options }))
  for (const [name, table] of tables) {
    const { columns, count, links } = table
    hash.update(JSON.stringify({ name, columns: columns.map(definitionOf), count }))
    // row by row, so that a training that an earlier version began can be continued
    for (const { buffer, byteOffset, byteLength } of [pointsOf(table).data, ...links])
      hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return hash.digest('hex')
}

/** Writes what a training begins with. */
export async function writeBegun(out: string, sha256: string): Promise<void> {
  await writeTogether([[join(out, begunFile), `${JSON.stringify({ format: 1, sha256 })}\n`]])
}

/**
 * Whether a folder has a training that can be continued.
 *
 * @throws InputError if it was begun with other tables or options.
 */
export async function isBegun(out: string, sha256: string): Promise<boolean> {
  const file = join(out, begunFile)
  if (!existsSync(file)) return false
  let begun: { sha256?: unknown } = {}
  try {
    begun = JSON.parse(await readFile(file, 'utf8')) ?? {}
  } catch {
    // a broken file is of no training that could be continued
  }
  if (begun.sha256 === sha256) return true
  throw new InputError(
    `${out} was begun with other tables or options, so that it can't be continued: give another \`out\`, or \`force\` to train all anew`,
    'conflict',
    { option: 'resume' },
  )
}
