import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import type { RunConfig } from '../model/run-config.ts'
import { readSafetensors, writeSafetensors } from '../model/weights.ts'
import { datasetNames, defaultNoiseLevel, isDatasetName, makeDataset } from '../table/datasets/index.ts'
import { encode, encodingOf } from '../table/encoding.ts'
import { readTable } from '../table/read-table.ts'
import { type Table, tableFrom } from '../table/table.ts'
import type { TrainingData } from './batches.ts'
import type { TrainRequest } from './options.ts'
import type { RunStore } from './store.ts'

/**
 * The data of the options, with what config.json says of it: nothing of rows in memory. Throws where there is no such
 * dataset or file, or its data is bad.
 */
export async function loadTrainingData(
  { dataset = 'two-moons', rows, noiseLevel, onReading, onWarning = console.warn }: TrainRequest,
  seed: number,
): Promise<{ table: Table; source?: RunConfig['dataset'] }> {
  if (typeof dataset === 'string' && !isFile(dataset)) {
    const source = {
      name: dataset,
      rows: rows ?? 1000,
      noiseLevel: noiseLevel ?? defaultNoiseLevel(dataset),
    }
    return { table: makeDataset(source, seed), source }
  }
  const name = typeof dataset === 'string' ? dataset : 'dataset'
  if (rows !== undefined || noiseLevel !== undefined)
    throw new InputError(
      `\`rows\` and \`noiseLevel\` are a built-in dataset's: ${name} is taken as it is, leave them out`,
      'conflict',
    )
  if (typeof dataset !== 'string') return { table: tableFrom(dataset, name) }
  const { sha256, notes, ...table } = await readTable(
    undefined,
    name,
    onReading,
    `give a file of numbers or one of ${datasetNames.join(', ')}`,
  )
  for (const note of notes) onWarning(note)
  const file = name === '-' ? 'stdin' : basename(name)
  return { table, source: { file, rows: table.points.count, sha256 } }
}

/**
 * What a run that goes on is trained on. Throws where points of the caller's own, or a student's pairs, are gone from
 * the checkpoint.
 */
export async function resumedData(store: RunStore, config: RunConfig): Promise<TrainingData> {
  const { dataset, seed, columns, teacher } = config
  if (!teacher && dataset && 'name' in dataset) {
    if (seed === undefined)
      throw new InputError(
        `${store.folder}: config.json has no seed: train it anew with \`force\``,
        'bad-model',
      )
    return { x_0: encode(encodingOf(config), makeDataset(dataset, seed)) }
  }
  const { tensors } = readSafetensors(await store.read('data'), `${store.folder}, the data`)
  const rows = teacher?.pairs ?? dataset?.rows
  const pointsOf = (name: string): Points => {
    const tensor = tensors.get(name)
    const [count = 0, dim = 0] = tensor?.shape ?? []
    if (!tensor || count !== (rows ?? count) || dim !== columns.length)
      throw new InputError(
        `${store.folder}: checkpoint/data.safetensors is not of the ${teacher ? 'pairs' : 'dataset'} in ` +
          'config.json: train it anew with `force`',
        'bad-model',
      )
    return { data: tensor.data, count, dim }
  }
  return { x_0: pointsOf('x_0'), ...(teacher && { x_T: pointsOf('x_T') }) }
}

/** What `resumedData` reads; null for a built-in dataset, which is made again. */
export function encodeData({ dataset, teacher }: RunConfig, { x_0, x_T }: TrainingData): Uint8Array | null {
  if (!teacher && dataset && 'name' in dataset) return null
  const tensorOf = ({ data, count, dim }: Points) => ({ shape: [count, dim], data })
  return writeSafetensors(new Map(Object.entries({ ...(x_T && { x_T: tensorOf(x_T) }), x_0: tensorOf(x_0) })))
}

/** A built-in dataset is named by a word; a path has a dot or a slash, or is there, and `-` is stdin. */
function isFile(name: string): boolean {
  return name === '-' || /[./\\]/.test(name) || (!isDatasetName(name) && existsSync(name))
}
