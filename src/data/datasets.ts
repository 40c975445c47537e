import { InputError, requireInteger } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import { twoMoons } from './two-moons.ts'

/** What makes a built-in dataset, with its seed, again. */
export interface DatasetConfig {
  readonly name: string
  readonly rows: number
  readonly noiseLevel: number
}

export interface Dataset {
  readonly points: Points
  readonly columns: readonly string[]
}

interface BuiltIn {
  readonly columns: readonly string[]
  readonly defaultNoiseLevel: number
  readonly make: (rows: number, noiseLevel: number, seed: number) => Points
}

const builtIns: Record<string, BuiltIn> = {
  'two-moons': { columns: ['x', 'y'], defaultNoiseLevel: 0.05, make: twoMoons },
}

export const datasetNames = Object.keys(builtIns)

/** A dataset's usual noise level. Errors: an unknown name. */
export function defaultNoiseLevel(name: string): number {
  return builtIn(name).defaultNoiseLevel
}

/** A built-in dataset in data units. Errors: an unknown name, fewer than 2 rows, a negative noise level. */
export function makeDataset({ name, rows, noiseLevel }: DatasetConfig, seed: number): Dataset {
  const { columns, make } = builtIn(name)
  requireInteger('rows', rows, 2, 10_000_000)
  if (!(noiseLevel >= 0 && Number.isFinite(noiseLevel)))
    throw new InputError(`noise level is ${noiseLevel}: give a number from 0 up`)
  return { points: make(rows, noiseLevel, seed), columns }
}

function builtIn(name: string): BuiltIn {
  const found = Object.hasOwn(builtIns, name) ? builtIns[name] : undefined
  if (!found) throw new InputError(`unknown dataset ${name}: choose from ${datasetNames.join(', ')}`)
  return found
}
