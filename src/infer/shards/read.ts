import { readFile } from 'node:fs/promises'
import { parseJsonAs } from '../../model/schemas.ts'
import { type Manifest, manifestSchema } from './part.ts'

/** Reads a part's manifest. Throws if it is missing, and InputError if it is truncated or invalid. */
export async function readManifest(path: string): Promise<Manifest> {
  return parseJsonAs(manifestSchema, await readFile(path, 'utf8'), path) as Manifest
}
