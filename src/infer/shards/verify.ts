import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'
import { cannotRead, digestOfFile } from '../../core/files.ts'
import { counted } from '../../core/format.ts'
import type { Work } from '../../core/work.ts'
import type { Model } from '../model.ts'
import { isSameWork, type Manifest, partName, rangeOf, readManifest } from './part.ts'
import { type Redrawn, redraw } from './redraw.ts'

export interface VerifyRequest extends Work {
  /** The model and the SHA-256 of its file, to redraw some of the samples. */
  readonly model?: { readonly loaded: Model; readonly sha256: string } | undefined
}

export interface ShardsReport {
  /** Whether all parts exist, unchanged and of the same work. */
  readonly isComplete: boolean
  /** Number of valid parts, and the expected number; null if unknown. */
  readonly parts: number
  readonly shards: number | null
  /** Number of samples in them, and the expected number. */
  readonly samples: number
  readonly count: number | null
  /** The redrawn samples, if a model was given. */
  readonly redrawn: Redrawn | null
  readonly problems: readonly string[]
}

interface Part {
  readonly name: string
  readonly manifest: Manifest
}

/** Verifies a folder's parts: unchanged, of one work, none missing or twice; a model redraws a hundredth of each. */
export async function verifyShards(folder: string, request: VerifyRequest = {}): Promise<ShardsReport> {
  const names = await readdir(folder).catch((error) =>
    cannotRead(error, folder, { remedy: 'give a folder that sample --shard wrote' }),
  )
  const problems: string[] = []
  const parts = await soundParts(folder, names, problems, request)
  if (parts.length === 0 && problems.length === 0)
    throw new InputError(`${folder} has no part: give a folder that sample --shard wrote`, 'not-found')
  const first = parts[0]?.manifest
  const matching = first ? parts.filter(({ manifest }) => isSameWork(manifest, first)) : []
  for (const { name } of parts.filter((part) => !matching.includes(part)))
    problems.push(
      `${name} belongs to other work than ${parts[0]!.name}: another model, seed, number of samples or choice`,
    )
  if (first) problems.push(...misplaced(matching, first.whole))
  let redrawn: Redrawn | null = null
  if (request.model && first) {
    if (first.model !== request.model.sha256)
      problems.push(
        'the parts were drawn by another model than the one given: the SHA-256 of its file differs',
      )
    else {
      const manifests = matching.map(({ manifest }) => manifest)
      redrawn = await redraw(folder, manifests, request.model.loaded, request)
      problems.push(...redrawn.problems)
    }
  }
  return {
    isComplete: problems.length === 0,
    parts: matching.length,
    shards: first?.whole.shards ?? null,
    samples: matching.reduce((sum, { manifest }) => sum + manifest.count, 0),
    count: first?.whole.count ?? null,
    redrawn,
    problems,
  }
}

async function soundParts(
  folder: string,
  names: readonly string[],
  problems: string[],
  { signal, onProgress }: Work,
): Promise<Part[]> {
  const bases = [...new Set(names.flatMap((name) => /^(part-\d{5})\.[a-z.]+$/.exec(name)?.[1] ?? []))].sort()
  const parts: Part[] = []
  for (const [done, base] of bases.entries()) {
    signal?.throwIfAborted()
    onProgress?.({ stage: 'reading parts', unit: 'parts', done, count: bases.length })
    if (!names.includes(`${base}.json`)) {
      problems.push(`${base} has no ${base}.json, because its writer did not finish: draw the part again`)
      continue
    }
    const manifest = await readManifest(join(folder, `${base}.json`)).catch((error) => {
      problems.push(`${base}.json is no manifest (${messageOf(error)}): draw the part again`)
    })
    if (!manifest) continue
    const { file } = manifest
    if (!file.name.startsWith(`${base}.`)) problems.push(`${base}.json is of another file, ${file.name}`)
    else if (!names.includes(file.name)) problems.push(`${file.name} is missing: draw the part again`)
    else if ((await digestOfFile(join(folder, file.name))) !== file.sha256)
      problems.push(
        `${file.name} has changed since it was written (its SHA-256 differs): draw the part again`,
      )
    else parts.push({ name: base, manifest })
  }
  return parts
}

const maxNamed = 5

/** Gaps and overlaps, a line each; a part's number determines its samples. */
function misplaced(parts: readonly Part[], { shards, ...whole }: Manifest['whole']): string[] {
  const byName = new Map(parts.map(({ name, manifest }) => [name, manifest]))
  const [missing, problems]: [string[], string[]] = [[], []]
  for (let index = 1; index <= shards; index++) {
    const name = partName({ index })
    const { from, count } = rangeOf({ index, of: shards }, whole)
    const manifest = byName.get(name)
    byName.delete(name)
    const samples = `samples ${from} to ${from + count - 1}`
    if (!manifest) missing.push(`${name} is missing, ${samples}: draw it by --shard ${index}/${shards}`)
    else if (manifest.from !== from || manifest.count !== count)
      problems.push(
        `${name} has samples ${manifest.from} to ${manifest.from + manifest.count - 1} in place of ${samples}`,
      )
  }
  for (const name of byName.keys()) problems.push(`${name} is one too many: there are ${shards} parts`)
  const others = missing.length - maxNamed
  const rest = others > 0 ? [`${counted(others, 'other part')} ${others > 1 ? 'are' : 'is'} missing too`] : []
  return [...missing.slice(0, maxNamed), ...rest, ...problems]
}
