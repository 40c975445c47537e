import { cpus } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { digestOfFile, writeTogether, writeWhole } from '../../core/files.ts'
import type { SessionInfo } from '../session.ts'
import { isSameWork, type Manifest, partName, rangeOf, type SampleRange, type Shard } from './part.ts'
import { readManifest } from './read.ts'

/** A part to draw, or one that exists already. */
export interface PartRequest extends Pick<Manifest, 'model' | 'seed' | 'choice'> {
  readonly folder: string
  /** The file's extension, such as .csv. */
  readonly ending: string
  readonly shard: Shard
  readonly whole: SampleRange
}

/** Returns the part's samples and its files' paths. */
export function partOf({ folder, ending, shard, whole }: PartRequest) {
  const name = partName(shard)
  return {
    ...rangeOf(shard, whole),
    path: join(folder, `${name}${ending}`),
    manifestPath: join(folder, `${name}.json`),
  }
}

/** Whether the part exists, drawn by the same model with the same options, with its file unchanged. */
export async function isDone(request: PartRequest): Promise<boolean> {
  const { path, manifestPath, from, count } = partOf(request)
  const manifest = await readManifest(manifestPath).catch(() => undefined)
  if (!manifest || manifest.from !== from || manifest.count !== count) return false
  const { model, seed, choice, shard, whole } = request
  const work = { model, seed, choice, whole: { ...whole, shards: shard.of } }
  if (!isSameWork(manifest, work) || join(request.folder, manifest.file.name) !== path) return false
  return (await digestOfFile(path).catch(() => undefined)) === manifest.file.sha256
}

/**
 * Writes a part's file, then its manifest, each under a temporary name first, so that a part is either complete or
 * absent. A part without a manifest does not count.
 */
export async function writePart(
  request: PartRequest,
  info: SessionInfo,
  content: AsyncIterable<string | Uint8Array>,
): Promise<Manifest> {
  const { model, seed, choice, shard, whole } = request
  const { path, manifestPath, from, count } = partOf(request)
  const digest = sha256.create()
  const encoder = new TextEncoder()
  async function* digested() {
    for await (const part of content) {
      digest.update(typeof part === 'string' ? encoder.encode(part) : part)
      yield part
    }
  }
  await writeWhole(path, digested())
  const { provider, adapter, onnxruntime, runtime } = info
  const manifest: Manifest = {
    model,
    seed,
    from,
    count,
    whole: { ...whole, shards: shard.of },
    choice,
    file: { name: `${partName(shard)}${request.ending}`, sha256: bytesToHex(digest.digest()) },
    runtime: { provider, adapter, onnxruntime, runtime },
    processor: processor(),
  }
  await writeTogether([[manifestPath, `${JSON.stringify(manifest, null, 2)}\n`]])
  return manifest
}

/** Returns the processor, since results round differently on others. */
export function processor(): string {
  return `${process.arch} ${cpus()[0]?.model.trim() ?? 'unknown'}`
}
