import { InputError } from '../core/errors.ts'
import type { Model } from '../infer/model.ts'
import type { ModelCard } from '../model/card.ts'
import { defaultNoiseLevel, isDatasetName, makeDataset } from '../table/datasets/index.ts'
import { encodingOf } from '../table/encoding.ts'
import { readTable } from '../table/read.ts'
import { matchColumns, type Table } from '../table/table.ts'
import type { FigureRequest } from './figure.ts'

/**
 * The data that is chosen, else the built-in dataset that the model's card names, made again with the card's seed;
 * its columns are put in the model's order. Throws the errors of `readTable` and `matchColumns`, and an InputError
 * where two are chosen, or none is and the card names no built-in dataset.
 */
export async function figureData(request: FigureRequest, model: Model | undefined): Promise<Table> {
  const { data, dataset, rows, noiseLevel, seed, modelName } = request
  const card = model?.card
  // as train takes it, a built-in dataset is named by a word, and a path has a dot or a slash
  const path = data ?? (dataset !== undefined && /[./\\]/.test(dataset) ? dataset : undefined)
  if (path !== undefined) {
    const other = { dataset: path === dataset ? undefined : dataset, rows, noiseLevel }
    for (const [option, value] of Object.entries(other))
      if (value !== undefined)
        throw new InputError(
          `\`${option}\` beside the file ${path}, which is taken as it is: leave it out`,
          'conflict',
          { option, value },
        )
    const table = await readTable(path === data ? 'data' : 'dataset', path)
    if (!card) return table
    const { columns } = encodingOf(card)
    return { points: matchColumns(table, { name: modelName, columns }), columns }
  }
  const known = card?.dataset && 'name' in card.dataset ? card.dataset : undefined
  if (dataset === undefined && card && (!known || !isDatasetName(known.name) || card.seed === null))
    throw new InputError(
      `${modelName} does not say how to make its data again (${describeData(card)}): give \`data\`, a .csv, .json or .npy file`,
      'missing',
      { option: 'data' },
    )
  const name = dataset ?? known?.name ?? 'two-moons'
  const same = known?.name === name ? known : undefined
  const config = {
    name,
    rows: rows ?? same?.rows ?? 1000,
    noiseLevel: noiseLevel ?? same?.noiseLevel ?? defaultNoiseLevel(name),
  }
  const made = makeDataset(config, (same && card?.seed) ?? seed)
  if (card && made.points.dim !== card.dim)
    throw new InputError(
      `${name} has ${made.points.dim} columns, ${modelName} has ${card.dim}: give \`data\` with points of the same columns`,
      'conflict',
    )
  return { points: made.points, columns: card ? encodingOf(card).columns : made.columns }
}

function describeData({ dataset }: ModelCard): string {
  if (!dataset) return 'its card names none'
  return 'file' in dataset
    ? `it was trained on the file ${dataset.file}`
    : `it was trained on ${dataset.name}`
}
