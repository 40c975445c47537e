import { stat } from 'node:fs/promises'
import { assigned, InputError, messageOf } from '../core/errors.ts'
import { nearestFile, readInput } from '../core/files.ts'
import { exact, short } from '../core/format.ts'
import type { PredictionType } from '../diffusion/prediction.ts'
import { createSchedule } from '../diffusion/schedule.ts'
import { predictorSession } from '../infer/providers/predictor-session.ts'
import { foldNetwork, referenceOf } from '../model/folded.ts'
import { checkWeights } from '../model/network.ts'
import type { NamedWeights } from '../model/weights.ts'
import { readTrainedRun } from '../node/run-folder.ts'
import { type ModelFile, readModel } from '../onnx/read.ts'
import type { CardEncoding } from '../table/encodings/encoding.ts'
import { type GoldenReport, runGolden } from './answers.ts'
import { comparePairs, type ToleranceReport, type WorstElement } from './parity.ts'

export interface FileReport {
  readonly pass: boolean
  /** The card's golden vectors on the reference; null if the file is not what was exported. */
  readonly selfTest: GoldenReport | null
  /** Differences between the card and the reference. */
  readonly card: readonly string[]
  /** Weights that differ from the reference's. */
  readonly weights: readonly WeightDifference[]
  /** Problems, a line each. */
  readonly problems: readonly string[]
}

/** A weight and its element that differs most. */
export interface WeightDifference extends Omit<WorstElement, 'pair'> {
  readonly name: string
  /** Number of elements that differ. */
  readonly elements: number
}

/** A run or a model.onnx with the right weights, instead of the model's own. */
export interface Reference {
  readonly name: string
  readonly weights: NamedWeights
  /** The betas of t = 0..T. */
  readonly betas: readonly number[]
  readonly scaler: CardEncoding['scaler']
  readonly encoding?: CardEncoding['encoding']
  readonly predictionType: PredictionType
}

/**
 * Reads the weights of a run folder or of another model.onnx. Throws InputError if it doesn't exist, is neither, or is
 * a sampler.onnx.
 */
export async function readReference(path: string): Promise<Reference> {
  const entry = await stat(path).catch(() => undefined)
  if (!entry)
    throw new InputError(
      `${assigned('reference', path)}: there is no such file${await nearestFile(path)}: give a run folder or a model.onnx`,
      'not-found',
      { option: 'reference', value: path },
    )
  return entry.isDirectory() ? ofRun(path) : ofModel(path)
}

async function ofRun(name: string): Promise<Reference> {
  const { config, weights } = await readTrainedRun(name)
  const { scaler, encoding, predictionType, T } = config
  const { betas } = createSchedule(config.schedule, T)
  return { name, weights, betas, scaler, encoding, predictionType }
}

async function ofModel(name: string): Promise<Reference> {
  const bytes = await readInput(name, 'give a run folder or a model.onnx', 'reference')
  const { card, network } = readModel(bytes, name)
  if (network.kind === 'folded')
    throw new InputError(
      `the reference ${name} is a sampler.onnx, whose weights are folded: give a run folder or a model.onnx`,
      'bad-model',
    )
  const { schedule, scaler, encoding, predictionType } = card
  return { name, weights: network.weights, betas: schedule.betas, scaler, encoding, predictionType }
}

/** Throws InputError if the reference has another network than the model. */
export function requireSameNetwork(
  { network: { network } }: ModelFile,
  name: string,
  reference: Reference,
): void {
  const { weights, betas } = reference
  const refused = (problem: string) =>
    new InputError(
      `the reference ${reference.name} has ${problem}: give the run it was exported from`,
      'bad-model',
    )
  try {
    checkWeights(network, weights)
  } catch (error) {
    throw refused(`another network than ${name}: ${messageOf(error)}`)
  }
  if (betas.length !== network.T + 1) throw refused(`T = ${betas.length - 1}, ${name} ${network.T}`)
}

/** The network in float64 that providers are compared with, with the reference's or the file's own weights. */
export function predictorOf({ network: inside }: ModelFile, reference: Reference | undefined) {
  if (!reference) return referenceOf(inside)
  return referenceOf({ kind: 'whole', network: inside.network, weights: reference.weights })
}

/** Compares a file with the reference, without a provider: errors here affect every provider. */
export async function compareFile(
  file: ModelFile,
  reference: Reference | undefined,
  bounds: ToleranceReport,
): Promise<FileReport> {
  const nothing = { adapter: null, onnxruntime: null, tf32: null }
  const info = { ...nothing, provider: 'reference', runtime: '', threads: 1 }
  const predictor = predictorOf(file, reference)
  const session = predictorSession(file, { predictor, precision: Float64Array, info })
  const selfTest = await runGolden(session, file.card, bounds)
  const card = reference ? cardDifferences(file, reference) : []
  const weights = reference ? weightDifferences(file, reference) : []
  const problems = [
    ...card,
    ...weights.map(
      ({ name, index, actual, expected }) =>
        `${name}[${index}] is ${exact(actual)}, but ${exact(expected)} in ${reference?.name}`,
    ),
  ]
  if (!selfTest.pass) {
    const { worst } = selfTest
    const off = Number.isFinite(worst) ? `off by ${short(worst)}` : 'some numbers are not finite'
    const whose = reference?.name ?? 'its own weights'
    problems.unshift(`${whose}, in float64, do not give the card's golden vectors: ${off}`)
    if (!reference) problems.push('give a run folder as the reference to see which weights are wrong')
  }
  return { pass: problems.length === 0, selfTest, card, weights, problems }
}

/** Differences between the model's card and the reference, a line each. */
function cardDifferences({ card }: ModelFile, reference: Reference): string[] {
  const { betas, scaler, predictionType, name } = reference
  const lines: string[] = []
  // both come from the same formula or through JSON, which preserves float64
  const t = betas.findIndex((beta, i) => !(Math.abs(beta - card.schedule.betas[i]!) <= 1e-12))
  if (t >= 0) lines.push(`beta_${t} on the card is ${card.schedule.betas[t]}, in ${name} ${betas[t]}`)
  for (const bound of ['min', 'max'] as const)
    if (scaler?.[bound].join() !== card.scaler?.[bound].join())
      lines.push(
        `the scaler's ${bound} on the card is ${card.scaler?.[bound]}, in ${name} ${scaler?.[bound]}`,
      )
  const other = card.encoding?.columns.find(
    (column, d) => JSON.stringify(column) !== JSON.stringify(reference.encoding?.columns[d]),
  )
  if (other) lines.push(`the encoding of column ${other.name} on the card differs from that in ${name}`)
  if (predictionType !== card.predictionType)
    lines.push(`the card says that the network predicts ${card.predictionType}, ${name} ${predictionType}`)
  return lines
}

/** Tolerance of folded weights, because sines round differently on other machines. */
const rounding = { atol: 1e-6, rtol: 1e-6 }

/** The file's weights that differ from the reference's, however few inputs they affect. */
function weightDifferences({ network: inside }: ModelFile, reference: Reference): WeightDifference[] {
  const right =
    inside.kind === 'whole'
      ? reference.weights
      : foldNetwork(inside.network, reference.weights, inside.timesteps).weights
  return [...inside.weights].flatMap(([name, { data }]) => {
    const expected = right.get(name)?.data ?? new Float32Array()
    const { pass, worst } = comparePairs([{ actual: data, expected }], rounding)
    if (pass || !worst) return []
    const elements = data.filter((x, i) => !Object.is(x, expected[i])).length
    return [{ name, index: worst.index, actual: worst.actual, expected: worst.expected, elements }]
  })
}
