import { writeTogether } from '../core/files.ts'
import { anything, callback, checkOptions, flag, type KnownOptions, text } from '../core/options.ts'
import { samplerChecks } from '../diffusion/samplers/index.ts'
import { readTrainedRun } from '../model/run-folder.ts'
import { exportNoisePredictor, exportSampler, type SamplerExport } from './export-model.ts'

export interface ExportRequest {
  /** The run folder. */
  readonly run: string
  /** Where model.onnx goes. */
  readonly out?: string | undefined
  /** Where sampler.onnx goes; none is written without it. */
  readonly samplerOut?: string | undefined
  /** What sampler.onnx holds; as the run recommends otherwise. */
  readonly sampler?: SamplerExport | undefined
}

export interface ExportResult {
  readonly model: string
  readonly sampler: string | null
  /** Of both files. */
  readonly bytes: number
}

const exportChecks: KnownOptions<ExportRequest> = {
  run: text,
  out: text,
  samplerOut: text,
  sampler: (option, value) =>
    checkOptions<SamplerExport>(option, value, {
      ...samplerChecks(),
      numSteps: anything,
      timesteps: anything,
      trajectory: flag,
      onWarning: callback,
    }),
}

/**
 * Exports a run folder to model.onnx and, if asked for, sampler.onnx, built by hand and checked.
 * Errors: a run folder that lacks a file or holds a wrong one; a sampler that its schedule refuses.
 */
export async function exportModel(request: ExportRequest): Promise<ExportResult> {
  checkOptions('exportModel', request, exportChecks, ['run'])
  const { run, out = 'model.onnx', samplerOut, sampler } = request
  const trained = await readTrainedRun(run)
  const model = await exportNoisePredictor(trained)
  const whole = samplerOut === undefined ? undefined : await exportSampler(trained, sampler)
  await writeTogether([[out, model], ...(whole ? [[samplerOut!, whole] as const] : [])])
  return { model: out, sampler: samplerOut ?? null, bytes: model.length + (whole?.length ?? 0) }
}
