import { InputError } from '../core/errors.ts'
import type { FloatArray, Points } from '../core/points.ts'
import type { ModelCard } from '../model/card.ts'
import { defaultNoiseLevel, isDatasetName, makeDataset } from '../table/datasets/index.ts'
import { matchColumns } from '../table/match-columns.ts'
import { readPoints } from '../table/read.ts'

/** Where a figure's data comes from: a file, a built-in dataset, or what a model was trained on. */
export interface DataChoice {
  readonly data?: string | undefined
  readonly dataset?: string | undefined
  readonly rows?: number | undefined
  readonly noiseLevel?: number | undefined
}

export interface FigureData {
  /** In data units. */
  readonly points: Points<FloatArray>
  readonly columns: readonly string[]
}

/**
 * The data that is chosen, else the built-in dataset that the card names, made again with the card's seed; `model`
 * names the card's file, and the columns are put in its order. Errors: those of `readPoints` and `matchColumns`;
 * two choices; none, where the card names no built-in dataset.
 */
export async function figureData(
  { data, dataset, rows, noiseLevel }: DataChoice,
  seed: number,
  model?: { readonly name: string; readonly card: ModelCard },
): Promise<FigureData> {
  const card = model?.card
  // as train takes it, a built-in dataset is named by a word, and a path has a dot or a slash
  const path = data ?? (dataset !== undefined && /[./\\]/.test(dataset) ? dataset : undefined)
  if (path !== undefined) {
    const other = { dataset: path === dataset ? undefined : dataset, rows, 'noise-level': noiseLevel }
    for (const [option, value] of Object.entries(other))
      if (value !== undefined)
        throw new InputError(`--${option} beside the file ${path}, which is taken as it is: leave it out`)
    const file = await readPoints(path === data ? '--data' : '--dataset', path)
    if (!card) return { points: file.points, columns: file.columns ?? numbered(file.points.dim) }
    const reference = { file: model.name, dim: card.dim, columns: card.columns }
    return { points: matchColumns(file, reference), columns: card.columns }
  }
  const known = card?.dataset && 'name' in card.dataset ? card.dataset : undefined
  if (dataset === undefined && card && (!known || !isDatasetName(known.name) || card.seed === null))
    throw new InputError(
      `${model.name} does not say how to make its data again (${describeData(card)}): give --data FILE.csv, .json or .npy`,
    )
  const name = dataset ?? known?.name ?? 'two-moons'
  const same = known?.name === name ? known : undefined
  const config = {
    name,
    rows: rows ?? same?.rows ?? 1000,
    noiseLevel: noiseLevel ?? same?.noiseLevel ?? defaultNoiseLevel(name),
  }
  const made = makeDataset(config, same ? card!.seed! : seed)
  if (card && made.points.dim !== card.dim)
    throw new InputError(
      `${name} has ${made.points.dim} columns, ${model.name} has ${card.dim}: give --data with points of the same columns`,
    )
  return { points: made.points, columns: card?.columns ?? made.columns }
}

function numbered(dim: number): string[] {
  return Array.from({ length: dim }, (_, d) => `x${d}`)
}

function describeData({ dataset }: ModelCard): string {
  if (!dataset) return 'its card names none'
  return 'file' in dataset
    ? `it was trained on the file ${dataset.file}`
    : `it was trained on ${dataset.name}`
}
