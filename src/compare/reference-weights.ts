import { readFile, stat } from 'node:fs/promises'
import { InputError, messageOf } from '../core/errors.ts'
import { nearestFile } from '../core/files.ts'
import type { PredictionType } from '../diffusion/prediction.ts'
import { createSchedule } from '../diffusion/schedule.ts'
import { checkWeights } from '../model/network.ts'
import { readTrainedRun } from '../model/run-folder.ts'
import type { NamedWeights } from '../model/weights.ts'
import { readModel } from '../onnx/read.ts'
import type { CardEncoding } from '../table/encoding.ts'
import { openSubject, ownWeights, requireNetwork, type Subject } from './subject.ts'

/** What judges in place of the model's own weights. */
export interface Reference {
  readonly name: string
  readonly weights: NamedWeights
  /** alphaBars' source: the betas of t = 0..T. */
  readonly betas: readonly number[]
  readonly scaler: CardEncoding['scaler']
  readonly predictionType: PredictionType
}

/**
 * Reads the weights of a run folder or of another model.onnx. Errors: no such file; neither of both; a sampler.onnx;
 * digests that differ.
 */
export async function readReference(path: string): Promise<Reference> {
  const entry = await stat(path).catch(() => undefined)
  if (!entry)
    throw new InputError(
      `--reference ${path}: there is no such file${await nearestFile(path)}: give a run folder or a model.onnx`,
    )
  return entry.isDirectory() ? ofRun(path) : ofModel(path)
}

async function ofRun(name: string): Promise<Reference> {
  const { config, weights } = await readTrainedRun(name)
  const { scaler, predictionType, T } = config
  return { name, weights, betas: createSchedule(config.schedule, T).betas, scaler, predictionType }
}

async function ofModel(name: string): Promise<Reference> {
  const bytes = await readFile(name).catch((error) => {
    throw new InputError(`--reference: cannot read ${name}: ${messageOf(error)}`)
  })
  const file = readModel(bytes, name)
  requireNetwork({ name, file }, '--reference')
  const { schedule, scaler, predictionType } = file.card
  return {
    name,
    weights: ownWeights(openSubject(bytes, name)),
    betas: schedule.betas,
    scaler,
    predictionType,
  }
}

/** Errors: weights of another network than the model's. */
export function requireSameNetwork({ network, name }: Subject, reference: Reference): void {
  try {
    checkWeights(network, reference.weights)
  } catch (error) {
    throw new InputError(
      `--reference ${reference.name} is of another network than ${name}: ${messageOf(error)}: give what it was exported from`,
    )
  }
  if (reference.betas.length !== network.T + 1)
    throw new InputError(
      `--reference ${reference.name} has T = ${reference.betas.length - 1}, ${name} ${network.T}: give what it was exported from`,
    )
}

/** What the model's card says otherwise than the reference: a line each. */
export function cardDifferences({ file: { card } }: Subject, reference: Reference): string[] {
  const { betas, scaler, predictionType, name } = reference
  const lines: string[] = []
  // both come from the same formula, or through JSON, which keeps a float64
  const t = betas.findIndex((beta, i) => !(Math.abs(beta - card.schedule.betas[i]!) <= 1e-12))
  if (t >= 0) lines.push(`beta_${t} on the card is ${card.schedule.betas[t]}, in ${name} ${betas[t]}`)
  for (const bound of ['min', 'max'] as const)
    if (scaler[bound].join() !== card.scaler[bound].join())
      lines.push(`the scaler's ${bound} on the card is ${card.scaler[bound]}, in ${name} ${scaler[bound]}`)
  if (predictionType !== card.predictionType)
    lines.push(`the card says that the network predicts ${card.predictionType}, ${name} ${predictionType}`)
  return lines
}
