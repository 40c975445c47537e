import type { Batch } from '../engine.ts'

/** Throws if a batch's parts differ in size, or if it has another number of rows than the engine was made for. */
export function requireRows({ x_t: { count }, target, t }: Batch, rows = count): void {
  if (count !== rows) throw new Error(`a batch of ${count} rows: the engine was made for ${rows}`)
  if (target.count !== count || t.length !== count)
    throw new Error(`a batch of ${count} rows, ${target.count} targets and ${t.length} timesteps`)
}
