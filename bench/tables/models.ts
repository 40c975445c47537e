import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readRunConfig } from '../../src/node/run-folder.ts'
import { isGenerated } from '../../src/table/table.ts'
import { moonstep } from '../command.ts'
import type { Setting } from '../group.ts'

/** The number of threads for training and sampling, ours and the peers'. */
export const threads = 2

/** A trained and exported model. */
export interface Model {
  readonly run: string
  readonly model: string
  /** Its whole process in one graph. */
  readonly sampler: string
  /** The time of the whole training process, including reading and writing. */
  readonly seconds: number
}

const models = new Map<string, Model>()

/** The model of a table's training rows, trained once for all groups that share it. */
export async function modelOf(setting: Setting, table: string, seed: number): Promise<Model> {
  const name = `${table}-${seed}`
  if (!models.has(name)) models.set(name, train(setting, name, await trainingRows(setting, table), seed))
  return models.get(name)!
}

/** The file of a table's training rows. */
export async function trainingRows({ pool, folder }: Setting, table: string): Promise<string> {
  const out = join(folder, `${table}.csv`)
  if (!existsSync(out)) await pool.judge({ task: 'real_tables.write_training', name: table, out })
  return out
}

/** How ours draws fastest: each row once, without a choice among candidates. */
export const singleCandidates = {
  title: 'Moonstep, single candidates',
  options: ['--candidates', '1'],
} as const

export function train(
  { folder, log }: Setting,
  name: string,
  dataset: string,
  seed: number,
  ...more: string[]
): Model {
  log(`training on ${name}`)
  const file = (end: string) => join(folder, `${name}-${end}`)
  const [run, model, sampler] = [file('run'), file('model.onnx'), file('sampler.onnx')]
  const options = ['--seed', seed, '--threads', threads, '--force', ...more]
  const { seconds } = moonstep('train', '--dataset', dataset, '--out', run, ...options)
  moonstep('export', run, '--out', model, '--sampler-out', sampler)
  return { run, model, sampler, seconds }
}

/** The columns of a run that are made for each row, not learned. */
export async function madeColumns(run: string): Promise<string[]> {
  const { encoding } = await readRunConfig(run)
  return encoding?.columns.filter(isGenerated).map(({ name }) => name) ?? []
}

/** Draws rows; returns their file. */
export function drawRows(
  { folder }: Setting,
  model: string,
  rows: number,
  seed: number,
  ...given: string[]
): string {
  const out = join(folder, `samples-${seed}.csv`)
  moonstep('sample', model, '-n', rows, '--seed', seed, '--threads', threads, '--out', out, ...given)
  return out
}

/** The number of rows in a CSV file, also as .gz. A line can break between quotes, within a cell. */
export function countRows(file: string): number {
  const bytes = readFileSync(file)
  const text = String(file.endsWith('.gz') ? gunzipSync(bytes) : bytes).replace(/"[^"]*"/g, '')
  return text.trim().split('\n').length - 1
}

/** The generators beside ours. */
export const peerTitles = {
  tvae: 'TVAE, 300 epochs',
  ctgan: 'CTGAN, 300 epochs',
  copula: 'Gaussian copula',
  forest: 'ForestDiffusion (flow)',
  argn: 'TabularARGN',
} as const
export type Peer = keyof typeof peerTitles

interface Fit {
  readonly peer: Peer
  readonly table: string
  readonly train: string
  readonly seed: number
  /** The number of rows to draw into each file: as many as it is fitted to, unless given. */
  readonly rows?: number
}

/** Fits a peer, and draws rows into each file. The cost is of fitting alone: seconds, or processor seconds. */
export async function fitPeer({ pool, folder, log }: Setting, { peer, ...fit }: Fit, generations = 1) {
  log(`fitting ${peerTitles[peer]} to ${fit.table}, seed ${fit.seed}`)
  const file = (index: number) => join(folder, `${peer}-${fit.table}-${fit.seed}-${index}.csv`)
  const files = Array.from({ length: generations }, (_, index) => file(index))
  // ForestDiffusion distributes its trees over processes: threads within them would compete for cores; and the
  // processor seconds of TabularARGN would count threads that wait for each other
  const within = peer === 'forest' || peer === 'argn' ? 1 : threads
  const request = { rows: countRows(fit.train), ...fit, out: files, threads }
  const cost = await pool.peer(within, { task: 'generators.fit', variant: peer, ...request })()
  return { files, cost }
}
