/** The built-in datasets: each is a file and a line here. */
import { outOfRange, requireInteger, unknownName } from '../../core/errors.ts'
import { type Table, tableOfPoints } from '../table.ts'
import { checkerboard } from './checkerboard.ts'
import { circles } from './circles.ts'
import type { DatasetDefinition } from './dataset.ts'
import { gaussianMixture } from './gaussian-mixture.ts'
import { swissRoll } from './swiss-roll.ts'
import { twoMoons } from './two-moons.ts'

/** What it takes, with a seed, to make a built-in dataset again. */
export interface DatasetConfig {
  readonly name: string
  readonly rows: number
  readonly noiseLevel: number
}

/** The built-in datasets. To add one, add a file and a line here. */
const definitions = [
  twoMoons,
  swissRoll,
  circles,
  checkerboard,
  gaussianMixture,
] as const satisfies readonly DatasetDefinition[]

export type DatasetName = (typeof definitions)[number]['name']

export const datasetNames: readonly DatasetName[] = definitions.map(({ name }) => name)

/** Whether a built-in dataset has this name. */
export function isDatasetName(name: string): name is DatasetName {
  return definitions.some((each) => each.name === name)
}

/** A dataset's default noise level. Throws InputError on an unknown name. */
export function defaultNoiseLevel(name: string): number {
  return definitionOf(name).defaultNoiseLevel
}

/** A built-in dataset in data units. Throws InputError on an unknown name or a value out of range. */
export function makeDataset({ name, rows, noiseLevel }: DatasetConfig, seed: number): Table {
  const { make, columns } = definitionOf(name)
  requireInteger('rows', rows, 2, 10_000_000)
  if (!(noiseLevel >= 0 && Number.isFinite(noiseLevel)))
    throw outOfRange('noiseLevel', noiseLevel, 'give a number from 0 up')
  return tableOfPoints(
    columns.map((column) => ({ name: column, kind: 'number' })),
    make(rows, noiseLevel, seed),
  )
}

function definitionOf(name: string): DatasetDefinition {
  const definition = definitions.find((each) => each.name === name)
  if (!definition) throw unknownName('dataset', name, datasetNames, { more: ', or give a .csv file' })
  return definition
}
