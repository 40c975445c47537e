import { join } from 'node:path'
import type { Work } from '../../core/work.ts'
import type { FloatArray } from '../../numerics/points.ts'
import { readTable } from '../../table/formats/read-table.ts'
import { matchColumns, type NamedTable } from '../../table/table.ts'
import { drawOf, partOf } from '../draw.ts'
import { internalsOf, type Model } from '../model.ts'
import { samplesOf } from '../sample.ts'
import { infoOf } from '../session.ts'
import type { Manifest } from './part.ts'
import { processor } from './write.ts'

/** The result of redrawing samples. */
export interface Redrawn {
  readonly samples: number
  /** The largest difference between numbers, as a share of their column's range. */
  readonly worst: number
  /** The share of categories that differ. */
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
  const types = Object.fromEntries(
    internals.file.description.encoding.columns.map(({ name, kind }) => [name, kind]),
  )
  const here = runtimeOf(infoOf(model.info))
  const problems: string[] = []
  let [samples, worst, names, otherNames] = [0, 0, 0, 0]
  for (const [done, manifest] of manifests.entries()) {
    onProgress?.({ stage: 'drawing again', unit: 'parts', done, count: manifests.length })
    const path = join(folder, manifest.file.name)
    const file = await readTable(undefined, path, { choice: { types }, keepsAll: true })
    const part = { worst: 0, other: 0, names: 0 }
    const { seed, from, count: whole, choice } = manifest
    const draw = drawOf('sampleStream', internals, {
      ...choice,
      seed,
      from,
      count: whole,
      signal,
      onWarning() {},
    })
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

/** Returns the range of a column's numbers, or 1 if they are all equal. */
function spreadOf(d: number, { points: { data, count, dim } }: NamedTable<FloatArray>): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < count; i++) {
    const cell = data[i * dim + d]!
    if (cell < low) low = cell
    if (cell > high) high = cell
  }
  return high > low ? high - low : 1
}
