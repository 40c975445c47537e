import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type * as v from 'valibot'
import { InputError, messageOf } from '../core/errors.ts'
import { type ExportConfig, exportSchema, type RunConfig, runSchema } from './run-config.ts'
import { parseJsonAs } from './schemas.ts'
import { type NamedWeights, readSafetensors } from './weights.ts'

/** The files of a run folder. */
export function runFiles(run: string) {
  return {
    config: join(run, 'config.json'),
    weights: join(run, 'weights.safetensors'),
    history: join(run, 'history.csv'),
    checkpoint: join(run, 'checkpoint', 'state.safetensors'),
    /** The rows that a table was trained on, and those that were set aside, where some were. */
    train: join(run, 'train.csv'),
    holdout: join(run, 'holdout.csv'),
    /** The points of a CSV file, scaled: a resumed run needs neither the file nor its path. */
    data: join(run, 'checkpoint', 'data.safetensors'),
  }
}

/** What an export needs of a run folder. Throws: a file that is missing or malformed. */
export async function readTrainedRun(run: string): Promise<{ config: ExportConfig; weights: NamedWeights }> {
  const config = await readConfig(run, exportSchema)
  const { weights: path } = runFiles(run)
  const { tensors: weights } = readSafetensors(await readBytes(path, run), path)
  return { config, weights }
}

/** config.json as `train` wrote it. Throws: no run of `train` is there. */
export async function readRunConfig(run: string): Promise<RunConfig> {
  return readConfig(run, runSchema)
}

async function readConfig<S extends v.GenericSchema>(run: string, schema: S): Promise<v.InferOutput<S>> {
  const { config } = runFiles(run)
  const json = new TextDecoder().decode(await readBytes(config, run))
  return parseJsonAs(schema, json, config)
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
