import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { parseJsonAs } from '../model/schemas.ts'
import { type Manifest, manifestSchema } from './part.ts'

/** A manifest that a part's writer has left. Throws where it is not there, and InputError where it is cut off or of another kind. */
export async function readManifest(path: string): Promise<Manifest> {
  return parseJsonAs(manifestSchema, await readFile(path, 'utf8'), path) as Manifest
}

/** The SHA-256 of a file, read piece by piece. */
export async function digestOfFile(path: string): Promise<string> {
  const digest = sha256.create()
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) digest.update(chunk as Buffer)
  return bytesToHex(digest.digest())
}
