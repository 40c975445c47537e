import { cpus } from 'node:os'
import { basename, join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { digestOfFile, writeTogether, writeWhole } from '../../core/files.ts'
import type { SessionInfo } from '../session.ts'
import {
  isSameWork,
  type Manifest,
  partName,
  rangeOf,
  readManifest,
  type SampleRange,
  type Shard,
} from './part.ts'

/** Which part to draw, into which folder. */
export interface PartRequest extends Pick<Manifest, 'model' | 'seed' | 'choice'> {
  readonly folder: string
  /** The file's extension, such as .csv. */
  readonly ending: string
  readonly shard: Shard
  readonly whole: SampleRange
}

/** A part: its files, and the part of its manifest that is fixed before drawing. */
export interface Part {
  readonly path: string
  readonly manifestPath: string
  readonly work: Omit<Manifest, 'file' | 'runtime' | 'processor'>
}

export function partOf({ folder, ending, shard, whole, model, seed, choice }: PartRequest): Part {
  const name = partName(shard)
  return {
    path: join(folder, `${name}${ending}`),
    manifestPath: join(folder, `${name}.json`),
    work: { model, seed, ...rangeOf(shard, whole), whole: { ...whole, shards: shard.of }, choice },
  }
}

/** Whether the part exists, drawn by the same model with the same options, with its file unchanged. */
export async function isDone({ path, manifestPath, work }: Part): Promise<boolean> {
  const manifest = await readManifest(manifestPath).catch(() => undefined)
  if (!manifest || manifest.from !== work.from || manifest.count !== work.count) return false
  if (!isSameWork(manifest, work) || manifest.file.name !== basename(path)) return false
  return (await digestOfFile(path).catch(() => undefined)) === manifest.file.sha256
}

/**
 * Writes a part's file, then its manifest, each under a temporary name first, so that a part is either complete or
 * absent. A part without a manifest does not count.
 */
export async function writePart(
  { path, manifestPath, work }: Part,
  { provider, adapter, onnxruntime, runtime }: SessionInfo,
  content: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const digest = sha256.create()
  const encoder = new TextEncoder()
  async function* digested() {
    for await (const part of content) {
      digest.update(typeof part === 'string' ? encoder.encode(part) : part)
      yield part
    }
  }
  await writeWhole(path, digested())
  const manifest: Manifest = {
    ...work,
    file: { name: basename(path), sha256: bytesToHex(digest.digest()) },
    runtime: { provider, adapter, onnxruntime, runtime },
    processor: processor(),
  }
  await writeTogether([[manifestPath, `${JSON.stringify(manifest, null, 2)}\n`]])
}

/** Returns the processor, since results round differently on others. */
export function processor(): string {
  return `${process.arch} ${cpus()[0]?.model.trim() ?? 'unknown'}`
}
