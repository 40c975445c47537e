import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'
import { cannotRead, digestOfFile } from '../../core/files.ts'
import { counted } from '../../core/format.ts'
import type { Work } from '../../core/work.ts'
import type { FloatArray } from '../../numerics/points.ts'
import { readTable } from '../../table/formats/read-table.ts'
import { cellsOf, kindsOf, matchColumns, type NamedTable } from '../../table/table.ts'
import { drawOf, partOf } from '../draw.ts'
import { internalsOf, type Model } from '../model.ts'
import { samplesOf } from '../sample.ts'
import { infoOf } from '../session.ts'
import { isSameWork, type Manifest, partName, processor, rangeOf, readManifest } from './part.ts'

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

export interface Redrawn {
  readonly samples: number
  /** The largest difference between numbers, as a share of their column's range. */
  readonly worst: number
  readonly otherNames: number
  readonly problems: readonly string[]
}

/** The share of each part's samples to redraw, and the number of stretches they form. */
const share = 0.01
const stretches = 10

/** Rounding allowed on another processor: of numbers, in shares of their range, and the share of changed categories. */
const tolerance = { number: 1e-4, names: 1e-3 }

/** Redraws some samples of each part and compares them, exactly if the same runtime and processor drew them. */
export async function redraw(
  folder: string,
  manifests: readonly Manifest[],
  model: Model,
  { signal, onProgress }: Work,
): Promise<Redrawn> {
  const internals = internalsOf(model)
  const types = kindsOf(internals.file.description.encoding)
  const here = runtimeOf(infoOf(model.info))
  const problems: string[] = []
  let [samples, worst, names, otherNames] = [0, 0, 0, 0]
  for (const [done, manifest] of manifests.entries()) {
    onProgress?.({ stage: 'drawing again', unit: 'parts', done, count: manifests.length })
    const path = join(folder, manifest.file.name)
    const file = await readTable(undefined, path, { choice: { types }, keepsAll: true })
    const part = { worst: 0, other: 0, names: 0 }
    const { seed, from, count: whole, choice } = manifest
    const options = { ...choice, seed, from, count: whole, signal, onWarning() {} }
    const draw = drawOf('sampleStream', internals, options)
    for (const { at, count } of stretchesOf(whole)) {
      const { table } = await samplesOf(internals, partOf(draw, at, count))
      compareRows(file, at, { name: 'the samples', ...table }, part)
      samples += count
    }
    const isSame =
      manifest.processor === processor() &&
      JSON.stringify(runtimeOf(manifest.runtime)) === JSON.stringify(here)
    const allowed = isSame ? { number: 0, names: 0 } : tolerance
    if (!(part.worst <= allowed.number) || part.other > allowed.names * part.names)
      problems.push(
        `${manifest.file.name} is not what the model draws: numbers differ by up to ${part.worst.toPrecision(2)} of their range, ${part.other} of ${part.names} names`,
      )
    worst = Math.max(worst, part.worst)
    names += part.names
    otherNames += part.other
  }
  return { samples, worst, otherNames: names > 0 ? otherNames / names : 0, problems }
}

const runtimeOf = ({ provider, adapter, onnxruntime, runtime }: Manifest['runtime']) => ({
  provider,
  adapter: adapter ?? null,
  onnxruntime: onnxruntime ?? null,
  runtime: runtime ?? null,
})

/** Returns evenly spaced stretches of samples: a hundredth of all, with at least one sample each. */
function stretchesOf(count: number): { at: number; count: number }[] {
  const some = Math.min(stretches, count)
  const each = Math.max(1, Math.ceil((share * count) / some))
  return Array.from({ length: some }, (_, k) => {
    const at = Math.floor((k * count) / some)
    return { at, count: Math.min(each, count - at) }
  })
}

/** Adds the differences between rows of a file, starting at `at`, and redrawn rows. */
function compareRows(
  file: NamedTable<FloatArray>,
  at: number,
  redrawn: NamedTable<FloatArray>,
  part: { worst: number; other: number; names: number },
): void {
  const { data, dim } = matchColumns(file, redrawn)
  const isSingle = redrawn.points.data instanceof Float32Array
  for (const [d, column] of redrawn.columns.entries()) {
    const range = spreadOf(d, redrawn)
    for (let i = 0; i < redrawn.points.count; i++) {
      const [cell, other] = [data[(at + i) * dim + d]!, redrawn.points.data[i * dim + d]!]
      if (column.categories) {
        part.names++
        if (!Object.is(cell, other)) part.other++
      } else if (Number.isNaN(cell) !== Number.isNaN(other)) part.worst = Number.POSITIVE_INFINITY
      else if (!Number.isNaN(cell)) {
        const difference = Math.abs((isSingle ? Math.fround(cell) : cell) - other) / range
        // written so that NaN fails too
        if (!(difference <= part.worst)) part.worst = difference
      }
    }
  }
}

function spreadOf(d: number, table: NamedTable<FloatArray>): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const cell of cellsOf(table, d)) {
    if (cell < low) low = cell
    if (cell > high) high = cell
  }
  return high > low ? high - low : 1
}
