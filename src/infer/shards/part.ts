/** Shards: parts of a seed's samples that many machines draw into one folder, and the manifests that describe them. */
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { digestOfFile, writeTogether, writeWhole } from '../../core/files.ts'
import { parseJsonAs } from '../../model/parse.ts'
import type { LoadOptions, SampleOptions } from '../model.ts'
import type { SessionInfo } from '../session.ts'

/** Part `index` of `of`, counted from 1. */
export interface Shard {
  readonly index: number
  readonly of: number
}

/** Parses 'K/M' as a shard. Throws InputError if it is invalid. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,5})\/(\d{1,5})$/.exec(text.trim()) ?? []
  const shard = { index: Number(index), of: Number(of) }
  if (index === undefined || !(shard.index >= 1 && shard.index <= shard.of)) {
    const problem = `--shard ${text}: give a part and how many there are, such as 1/8, of at most 99999`
    throw new InputError(problem, 'out-of-range', { option: 'shard', value: text })
  }
  return shard
}

/** The indices of `count` samples of a seed, starting at `from`. */
export interface SampleRange {
  readonly from: number
  readonly count: number
}

/** Returns a shard's samples. Together the parts cover all samples; their sizes differ by at most one. */
export function rangeOf({ index, of }: Shard, { from, count }: SampleRange): SampleRange {
  // avoid a product, which may exceed 2^53
  const [each, longer] = [Math.floor(count / of), count % of]
  const before = (index - 1) * each + Math.min(index - 1, longer)
  return { from: from + before, count: each + (index <= longer ? 1 : 0) }
}

/** Returns the name of a part's files without extension, such as part-00003. */
export function partName({ index }: Pick<Shard, 'index'>): string {
  return `part-${String(index).padStart(5, '0')}`
}

const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** The manifest of a finished part, written after its file. */
const manifestSchema = v.object({
  /** SHA-256 of the model's file. */
  model: digest,
  seed: wholeNumber,
  from: wholeNumber,
  count: wholeNumber,
  whole: v.object({ from: wholeNumber, count: wholeNumber, shards: wholeNumber }),
  choice: v.looseObject({}),
  file: v.object({ name: v.pipe(v.string(), v.regex(/^part-\d{5}\.[a-z.]+$/)), sha256: digest }),
  runtime: v.looseObject({ provider: v.string() }),
  processor: v.string(),
})

export interface Manifest extends Omit<v.InferOutput<typeof manifestSchema>, 'choice' | 'runtime'> {
  /** The options shared by all parts of a folder. */
  readonly choice: Pick<SampleOptions, 'given' | 'complete' | 'clip' | 'sampler' | 'numSteps' | 'timesteps'> &
    Pick<LoadOptions, 'withoutFaker'>
  readonly runtime: Pick<SessionInfo, 'provider' | 'adapter' | 'onnxruntime' | 'runtime'>
}

/** Reads a part's manifest. Throws if it is missing, and InputError if it is truncated or invalid. */
export async function readManifest(path: string): Promise<Manifest> {
  return parseJsonAs(manifestSchema, await readFile(path, 'utf8'), path) as Manifest
}

type Work = Pick<Manifest, 'model' | 'seed' | 'whole' | 'choice'>

/** Whether two manifests describe the same work, so that their parts belong together. */
export function isSameWork(a: Work, b: Work): boolean {
  // as in a file, which has no options that are undefined
  const work = ({ model, seed, whole, choice }: Work): unknown =>
    JSON.parse(JSON.stringify({ model, seed, whole, choice }))
  return isDeepStrictEqual(work(a), work(b))
}

export interface PartRequest extends Pick<Manifest, 'model' | 'seed' | 'choice'> {
  readonly folder: string
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

/** Writes a part's file, then its manifest, each under a temporary name first: a part is complete or absent. */
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
