import { readFile } from 'node:fs/promises'
import { parseJsonAs } from '../model/schemas.ts'
import { type Manifest, manifestSchema } from './part.ts'

/** A manifest that a part's writer has left. Throws where it is not there, and InputError where it is cut off or of another kind. */
export async function readManifest(path: string): Promise<Manifest> {
  return parseJsonAs(manifestSchema, await readFile(path, 'utf8'), path) as Manifest
}
