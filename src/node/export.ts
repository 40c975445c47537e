import { readFile } from 'node:fs/promises'
import { InputError, wrongType } from '../core/errors.ts'
import { writeTogether } from '../core/files.ts'
import { checkOptions, flag, type OptionChecks, text } from '../core/options.ts'
import { describeSampler } from '../diffusion/samplers/index.ts'
import {
  type Exported,
  exportModelOf,
  finish,
  type SamplerExport,
  samplerExportCheck,
  type TrainedModel,
  wholeProcess,
} from '../export/export-model.ts'
import { cardKey } from '../model/card.ts'
import type { Description } from '../model/description.ts'
import { seededGraph } from '../onnx/build/seeded.ts'
import { seededOpset } from '../onnx/build/seeded-ops.ts'
import type { ModelGraph } from '../onnx/card-graph.ts'
import { encodeGraph, parseGraph } from '../onnx/proto.ts'
import { readTrainedRun } from './run-folder.ts'

export interface ExportRequest {
  /** A run folder, or the result of `train`. */
  readonly run: string | TrainedModel
  /** Path of model.onnx. Without it, the bytes are only returned. */
  readonly out?: string | undefined
  /** Path of sampler.onnx, likewise. */
  readonly samplerOut?: string | undefined
  /** Path of seeded.onnx, likewise. */
  readonly seededOut?: string | undefined
  /** Whether to make seeded.onnx, which runs only on a CPU or WASM; `seededOut` implies it. */
  readonly seeded?: boolean | undefined
  /** Overwrite an existing file even if Moonstep did not make it. */
  readonly force?: boolean | undefined
  /**
   * Process of sampler.onnx and seeded.onnx; `{}` is the one the run recommends. sampler.onnx is made only if this or
   * `samplerOut` is given.
   */
  readonly sampler?: SamplerExport | undefined
}

const exportChecks: OptionChecks<ExportRequest> = {
  run(option, value) {
    if (typeof value !== 'string' && !(typeof value === 'object' && value !== null && 'weights' in value))
      throw wrongType(option, value, 'give a run folder, or what train returned')
  },
  out: text,
  samplerOut: text,
  seededOut: text,
  seeded: flag,
  force: flag,
  sampler: samplerExportCheck,
}

/**
 * Exports a run as model.onnx and, on request, sampler.onnx and seeded.onnx. The graphs are built by hand; the same run
 * gives the same bytes.
 *
 * @param request - The run, the files to make and where to write them.
 * @returns The files' bytes; those not requested are undefined.
 * @throws InputError if the run folder lacks a file or has a malformed one, the schedule refuses the sampler, or a file
 * that Moonstep did not make would be overwritten.
 * @example
 * const { model } = await exportModel({ run: await train({ dataset: 'two-moons' }) })
 */
export async function exportModel(request: ExportRequest): Promise<Exported> {
  checkOptions('exportModel', request, exportChecks, ['run'])
  const { run, out, samplerOut, seededOut, sampler, force } = request
  if (!force)
    for (const path of [out, samplerOut, seededOut]) if (path !== undefined) await requireReplaceable(path)
  const trained = typeof run === 'string' ? await readTrainedRun(run) : run
  const hasProcess = sampler !== undefined || samplerOut !== undefined
  const isSeeded = request.seeded || seededOut !== undefined
  // the process's warnings are given once
  const ofSeeded = hasProcess ? { ...sampler, onWarning: () => {} } : sampler
  const exported = {
    ...(await exportModelOf(trained, hasProcess ? (sampler ?? {}) : undefined)),
    ...(isSeeded && { seeded: await exportSeeded(trained, ofSeeded) }),
  }
  const files = [
    [out, exported.model],
    [samplerOut, exported.sampler],
    [seededOut, exported.seeded],
  ] as const
  await writeTogether(files.flatMap(([path, bytes]) => (path && bytes ? [[path, bytes] as const] : [])))
  return exported
}

/** Throws InputError if a file exists that is not one of our models. */
async function requireReplaceable(path: string): Promise<void> {
  // a file that can't be read fails when it is written
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes) return
  try {
    if (cardKey in parseGraph(bytes, path).metadata) return
  } catch {}
  throw new InputError(
    `${path} exists and was not made by moonstep: give another \`out\`, or \`force\` to overwrite it`,
    'exists',
  )
}

/**
 * Makes seeded.onnx: noise, reverse process and decoding in one graph, for engines without Moonstep's code.
 * Throws as `exportSampler` does.
 */
export async function exportSeeded(trained: TrainedModel, options: SamplerExport = {}): Promise<Uint8Array> {
  const { card, folded } = await wholeProcess(trained, options)
  const graphOf = ({ encoding, process, candidates }: Description) =>
    seededGraph({ folded, process: process(), encoding, candidates })
  return finish(card, graphOf, encodeSeededFile)
}

function encodeSeededFile({ graph, description, json }: ModelGraph): Uint8Array {
  const { sampler, timesteps } = description.process()
  const doc =
    `Samples of a diffusion model by seed and index, ${describeSampler(sampler)}, in ${timesteps.length} steps: ` +
    'for CPUs and WASM, as GPUs lack some of its operators.'
  return encodeGraph(graph, { name: 'seeded', doc, metadata: { [cardKey]: json } }, seededOpset)
}
