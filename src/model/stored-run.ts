/** Reads a run from its store. What checks a run's config is a large part of a page's code, and stores alone need none of it. */
import type * as v from 'valibot'
import { InputError } from '../core/errors.ts'
import { parseJsonAs } from './parse.ts'
import { type ExportConfig, exportSchema, type RunConfig, runSchema } from './run-config.ts'
import { nameOfStore, type RunFile, type RunStore, runFilePaths } from './run-store.ts'
import { type NamedWeights, readSafetensors } from './weights.ts'

/** Reads what an export needs of a run. Throws InputError if a file is missing or malformed. */
export async function trainedRunIn(
  store: RunStore,
): Promise<{ config: ExportConfig; weights: NamedWeights }> {
  const config = await configIn(store, exportSchema)
  const { tensors: weights } = readSafetensors(await requiredIn(store, 'weights'), pathOf(store, 'weights'))
  return { config, weights }
}

/** Reads config.json as `train` wrote it. Throws InputError if there is no run of `train`. */
export async function runConfigIn(store: RunStore): Promise<RunConfig> {
  return configIn(store, runSchema)
}

async function configIn<S extends v.GenericSchema>(store: RunStore, schema: S): Promise<v.InferOutput<S>> {
  const json = new TextDecoder().decode(await requiredIn(store, 'config'))
  return parseJsonAs(schema, json, pathOf(store, 'config'))
}

async function requiredIn(store: RunStore, file: RunFile): Promise<Uint8Array> {
  const bytes = await store.read(file)
  if (bytes) return bytes
  throw new InputError(`${nameOfStore(store)} is no run folder: it has no ${runFilePaths[file]}`, 'not-found')
}

function pathOf({ folder }: RunStore, file: RunFile): string {
  return folder === null ? runFilePaths[file] : `${folder}/${runFilePaths[file]}`
}
