import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../core/errors.ts'
import { type ExportConfig, parseExportConfig, parseRunConfig, type RunConfig } from './run-config.ts'
import { type NamedWeights, readSafetensors } from './weights.ts'

/** The files of a run folder. */
export function runFiles(run: string) {
  return {
    config: join(run, 'config.json'),
    weights: join(run, 'weights.safetensors'),
    history: join(run, 'history.csv'),
    checkpoint: join(run, 'checkpoint', 'state.safetensors'),
    /** The points of a CSV file, scaled: a resumed run needs neither the file nor its path. */
    data: join(run, 'checkpoint', 'data.safetensors'),
  }
}

/** What an export needs of a run folder. Errors: a file that is missing or malformed. */
export async function readTrainedRun(run: string): Promise<{ config: ExportConfig; weights: NamedWeights }> {
  const files = runFiles(run)
  const config = parseExportConfig(await readText(files.config, run), files.config)
  const weights = readSafetensors(await readBytes(files.weights, run), files.weights).tensors
  return { config, weights }
}

/** config.json as `train` wrote it. Errors: no run of `train` is there. */
export async function readRunConfig(run: string): Promise<RunConfig> {
  const { config } = runFiles(run)
  return parseRunConfig(await readText(config, run), config)
}

async function readText(path: string, run: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path, run))
}

async function readBytes(path: string, run: string): Promise<Uint8Array> {
  if (!existsSync(path))
    throw new InputError(`${run} is no run folder: it has no ${path.slice(run.length + 1)}`, 'not-found')
  try {
    return await readFile(path)
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${messageOf(error)}`, 'cannot-read')
  }
}
