import { InputError, nearest, requireInteger } from '../../core/errors.ts'
import type { FloatArray, Points } from '../../core/points.ts'
import { checkerboard, circles, gaussianMixture, swissRoll } from './planar.ts'
import { twoMoons } from './two-moons.ts'

/** What makes a built-in dataset, with its seed, again. */
export interface DatasetConfig {
  readonly name: string
  readonly rows: number
  readonly noiseLevel: number
}

/** Data to learn, in its own units. */
export interface Dataset {
  readonly points: Points<FloatArray>
  readonly columns: readonly string[]
  /** The columns that hold whole numbers alone. */
  readonly integerColumns: readonly string[]
}

interface BuiltIn {
  readonly defaultNoiseLevel: number
  readonly make: (rows: number, noiseLevel: number, seed: number) => Points
}

const builtIns: Record<string, BuiltIn> = {
  'two-moons': { defaultNoiseLevel: 0.05, make: twoMoons },
  'swiss-roll': { defaultNoiseLevel: 0.3, make: swissRoll },
  circles: { defaultNoiseLevel: 0.05, make: circles },
  checkerboard: { defaultNoiseLevel: 0, make: checkerboard },
  'gaussian-mixture': { defaultNoiseLevel: 0.1, make: gaussianMixture },
}

export const datasetNames = Object.keys(builtIns)

/** A dataset's usual noise level. Errors: an unknown name. */
export function defaultNoiseLevel(name: string): number {
  return builtIn(name).defaultNoiseLevel
}

/** A built-in dataset in data units. Errors: an unknown name, fewer than 2 rows, a negative noise level. */
export function makeDataset({ name, rows, noiseLevel }: DatasetConfig, seed: number): Dataset {
  const { make } = builtIn(name)
  requireInteger('rows', rows, 2, 10_000_000)
  if (!(noiseLevel >= 0 && Number.isFinite(noiseLevel)))
    throw new InputError(`noise level is ${noiseLevel}: give a number from 0 up`)
  return { points: make(rows, noiseLevel, seed), columns: ['x', 'y'], integerColumns: [] }
}

function builtIn(name: string): BuiltIn {
  const found = Object.hasOwn(builtIns, name) ? builtIns[name] : undefined
  if (!found)
    throw new InputError(
      `unknown dataset ${name}${nearest(name, datasetNames)}: choose from ${datasetNames.join(', ')}, or give a .csv file`,
    )
  return found
}
