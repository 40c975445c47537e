/** Shards: parts of a seed's samples that any number of machines draw into one folder, and what says that they add up. */
import * as v from 'valibot'
import { InputError } from '../core/errors.ts'
import type { SampleOptions } from '../infer/model.ts'
import type { SessionInfo } from '../infer/session.ts'

/** Part `index` of `of`: 1 is the first. */
export interface Shard {
  readonly index: number
  readonly of: number
}

/** More parts than any folder wants. */
const maxShards = 99_999

/** 'K/M' as a shard. Throws InputError where it is none. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,5})\/(\d{1,5})$/.exec(text.trim()) ?? []
  const shard = { index: Number(index), of: Number(of) }
  if (index === undefined || !(shard.index >= 1 && shard.index <= shard.of))
    throw new InputError(
      `--shard ${text}: give a part and how many there are, such as 1/8, of at most ${maxShards}`,
      'out-of-range',
      { option: 'shard', value: text },
    )
  return shard
}

/** Indices of samples among those of a seed: `count` of them from `from` on. */
export interface SampleRange {
  readonly from: number
  readonly count: number
}

/** A shard's samples: all parts together are the whole, none is longer than another by more than one. */
export function rangeOf({ index, of }: Shard, { from, count }: SampleRange): SampleRange {
  // no product: it may be more than 2^53
  const [each, longer] = [Math.floor(count / of), count % of]
  const before = (index - 1) * each + Math.min(index - 1, longer)
  return { from: from + before, count: each + (index <= longer ? 1 : 0) }
}

/** The name of a part's files, without an ending: part-00003. */
export function partName({ index }: Pick<Shard, 'index'>): string {
  return `part-${String(index).padStart(5, '0')}`
}

/** What all parts of a folder have in common: what is drawn, by which model. */
export type Choice = Pick<SampleOptions, 'given' | 'complete' | 'clip' | 'sampler' | 'numSteps' | 'timesteps'>

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** What is known of a part that is done: written once its file is there. */
export const manifestSchema = v.object({
  /** The SHA-256 of the model's file. */
  model: digest,
  seed: whole,
  /** The part's samples. */
  from: whole,
  count: whole,
  /** All parts together. */
  whole: v.object({ from: whole, count: whole, shards: whole }),
  choice: v.looseObject({}),
  file: v.object({ name: v.pipe(v.string(), v.regex(/^part-\d{5}\.[a-z.]+$/)), sha256: digest }),
  /** What ran the model. */
  runtime: v.looseObject({ provider: v.string() }),
  processor: v.string(),
})

export interface Manifest extends Omit<v.InferOutput<typeof manifestSchema>, 'choice' | 'runtime'> {
  readonly choice: Choice
  readonly runtime: Pick<SessionInfo, 'provider' | 'adapter' | 'onnxruntime' | 'runtime'>
}

/** What must be the same for a part to be the one that is asked for, and for parts to belong together. */
export function isSameWork(
  a: Pick<Manifest, 'model' | 'seed' | 'whole' | 'choice'>,
  b: Pick<Manifest, 'model' | 'seed' | 'whole' | 'choice'>,
): boolean {
  const work = ({ model, seed, whole, choice }: typeof a) =>
    JSON.stringify([model, seed, whole.from, whole.count, whole.shards, sortedKeys(choice)])
  return work(a) === work(b)
}

/** The options that are chosen, in one order. */
function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (typeof value !== 'object' || value === null) return value
  const chosen = Object.entries(value).filter(([, each]) => each !== undefined)
  return chosen.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sortedKeys(each)])
}
