import { readFile } from 'node:fs/promises'
import { InputError, wrongType } from '../core/errors.ts'
import { writeTogether } from '../core/files.ts'
import { checkOptions, flag, type KnownOptions, text } from '../core/options.ts'
import {
  type Exported,
  exportModelOf,
  type SamplerExport,
  samplerExportCheck,
  type TrainedModel,
} from '../export/export-model.ts'
import { exportSeeded } from '../export/export-seeded.ts'
import { cardKey } from '../model/card.ts'
import { parseGraph } from '../onnx/proto.ts'
import { readTrainedRun } from './run-folder.ts'

export interface ExportRequest {
  /** A run folder, or what `train` returned. */
  readonly run: string | TrainedModel
  /** Where model.onnx goes; without it, it is only returned. */
  readonly out?: string | undefined
  /** Where sampler.onnx goes, likewise. */
  readonly samplerOut?: string | undefined
  /** Where seeded.onnx goes, likewise. */
  readonly seededOut?: string | undefined
  /** Whether seeded.onnx is made, of which nothing but a CPU or WASM runs all; also where `seededOut` is given. */
  readonly seeded?: boolean | undefined
  /** Overwrite a file that is there and is no model of Moonstep's. */
  readonly force?: boolean | undefined
  /**
   * The process of sampler.onnx and seeded.onnx; `{}` is as the run recommends. Without it and `samplerOut` no sampler.onnx is
   * made.
   */
  readonly sampler?: SamplerExport | undefined
}

const exportChecks: KnownOptions<ExportRequest> = {
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
 * Makes model.onnx of a run and, if asked for, sampler.onnx and seeded.onnx, all by hand. The same run gives the same bytes.
 * Throws InputError on a run folder that lacks a file or holds a wrong one, a sampler that its schedule refuses, or a file
 * that it would overwrite and that is no model of Moonstep's.
 *
 * @example
 * const { model } = await exportModel({ run: await train({ dataset: 'two-moons' }) })
 */
export async function exportModel(request: ExportRequest): Promise<Exported> {
  checkOptions('exportModel', request, exportChecks, ['run'])
  const { run, out, samplerOut, seededOut, sampler, force } = request
  if (!force) for (const path of [out, samplerOut, seededOut]) if (path !== undefined) await requireOwn(path)
  const trained = typeof run === 'string' ? await readTrainedRun(run) : run
  const isWhole = sampler !== undefined || samplerOut !== undefined
  const isSeeded = request.seeded || seededOut !== undefined
  const exported = {
    ...(await exportModelOf(trained, isWhole ? (sampler ?? {}) : undefined)),
    // what is odd about the process has been told
    ...(isSeeded && {
      seeded: await exportSeeded(trained, isWhole ? { ...sampler, onWarning: () => {} } : sampler),
    }),
  }
  const files = [
    [out, exported.model],
    [samplerOut, exported.sampler],
    [seededOut, exported.seeded],
  ] as const
  await writeTogether(files.flatMap(([path, bytes]) => (path && bytes ? [[path, bytes] as const] : [])))
  return exported
}

/** Throws InputError where a file is there that is no model of ours. */
async function requireOwn(path: string): Promise<void> {
  // what can't be read is for the writing to say
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes) return
  try {
    if (cardKey in parseGraph(bytes, path).metadata) return
  } catch {}
  throw new InputError(
    `${path} is there, and no model that moonstep made: give another \`out\`, or \`force\` to overwrite it`,
    'exists',
  )
}
