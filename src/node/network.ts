import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError, unknownName } from '../core/errors.ts'
import { readInput, writeWhole } from '../core/files.ts'
import { checkOptions } from '../core/options.ts'
import { type ProcessChoice, processChoiceOf } from '../diffusion/process.ts'
import {
  type NetworkFiles,
  type NetworkModel,
  type NetworkOptions,
  networkOf,
  openFiles,
} from '../foreign/open-network.ts'
import { samplingPlanOf } from '../foreign/process.ts'
import { requireTimes, shapeOf } from '../foreign/sample.ts'
import { axesIn, folderFiles, type NetworkSource, readSources } from '../foreign/sources.ts'
import { download } from '../infer/model.ts'
import { loadChecks } from '../infer/open-model.ts'
import { loopGraph } from '../onnx/build/loop.ts'
import { nodeProviders, type ProviderName, readNamed } from './providers.ts'

/**
 * Opens a network that others trained, to sample it as its scheduler's config says: a folder that diffusers' save_pretrained
 * and optimum wrote (`unet/model.onnx`, `scheduler/scheduler_config.json`), or its files.
 *
 * @param source - A folder's path or URL, or `{ network, scheduler }`: paths, URLs, bytes, or the config as an object.
 * @param options - The provider and its settings, as for `loadModel`; `simd`, `tensorflow` and `reference` are for
 * Moonstep's own models alone.
 * @returns The network, to sample and then to dispose of.
 * @throws InputError if a file is missing, the config asks for what we do not follow, or the provider can't run the network.
 * @example
 * await using network = await openNetwork('digits')
 * const { data, shape } = await network.sample({ count: 9, numSteps: 20, given: { class_labels: 3 } })
 */
export async function openNetwork(
  source: NetworkSource,
  options: NetworkOptions<ProviderName> = {},
): Promise<NetworkModel> {
  const { selfTest: _, withoutFaker: __, ...checks } = loadChecks
  checkOptions('openNetwork', options, checks)
  return openFiles(await filesOf(source), nodeProviders, options)
}

/** Options of `exportNetwork`: the process, and what is known of the samples' axes. */
export interface NetworkExportOptions extends ProcessChoice {
  /** Names of further inputs whose values without a condition the graph takes as well, for guidance. Default: none. */
  readonly without?: readonly string[] | undefined
  /** The axes of a sample, if the network leaves some free. */
  readonly shape?: readonly number[] | undefined
  /** The file to write. */
  readonly out?: string | undefined
}

/**
 * Writes the whole process around a network that others trained as one graph, an ONNX Loop: x_T [batch, ...], noise
 * [steps, batch, ...] of a stochastic scheduler, and given_NAME for each further input, to x_0; with `without` also
 * without_NAME and guidance.
 *
 * @param source - The network, as for `openNetwork`.
 * @param options - The process, and where to write.
 * @returns The file's bytes.
 * @throws InputError as `openNetwork` and its `sample` do.
 * @example
 * await exportNetwork('digits', { numSteps: 20, out: 'sampler.onnx' })
 */
export async function exportNetwork(
  source: NetworkSource,
  options: NetworkExportOptions = {},
): Promise<Uint8Array> {
  const { without = [], out } = options
  const files = await filesOf(source)
  const model = await openFiles(files, nodeProviders, { threads: 1 })
  try {
    const { signature, shape } = networkOf(model)
    const unknown = without.find((name) => !signature.others.some((each) => each.name === name))
    if (unknown !== undefined)
      throw unknownName(
        'without',
        unknown,
        signature.others.map(({ name }) => name),
        { noun: 'input' },
      )
    const plan = samplingPlanOf(files.scheduler, processChoiceOf(options))
    requireTimes(signature, plan, files.name)
    const bytes = loopGraph({
      bytes: files.bytes,
      plan,
      state: signature.state.name,
      time: signature.time.name,
      shape: shapeOf(signature, options.shape ?? shape),
      without,
    })
    if (out !== undefined) await writeWhole(out, bytes)
    return bytes
  } finally {
    await model.dispose()
  }
}

async function filesOf(source: NetworkSource): Promise<NetworkFiles> {
  const path = typeof source === 'string' || source instanceof URL ? pathOf(source) : undefined
  return path === undefined ? readSources(source, readNamed, download) : readFolder(path)
}

/** The path of a folder here; undefined for one of a server. */
function pathOf(source: string | URL): string | undefined {
  const text = String(source)
  if (/^https?:/i.test(text)) return undefined
  return /^file:/i.test(text) ? fileURLToPath(text) : text
}

/** Whether a path is a folder as diffusers writes it, or one with a network and a scheduler's config. */
export function isNetworkFolder(path: string): boolean {
  return existsSync(join(path, folderFiles.scheduler)) || existsSync(join(path, 'model_index.json'))
}

async function readFolder(folder: string) {
  const path = networkIn(folder)
  const external = readdirSync(dirname(path)).find((name) =>
    [`${basename(path)}.data`, `${basename(path)}_data`].includes(name),
  )
  if (external)
    throw new InputError(
      `${path} has its weights in ${external}: export it as one file (torch.onnx.export with external_data=False)`,
      'bad-model',
    )
  const read = async (name: string) => (existsSync(name) ? readInput(name, '') : undefined)
  const remedy = 'diffusers writes it with scheduler.save_pretrained'
  const scheduler =
    (await read(join(folder, 'scheduler_config.json'))) ??
    (await readInput(join(folder, folderFiles.scheduler), remedy))
  const config = await read(join(dirname(path), 'config.json'))
  const sources = { network: await readInput(path, ''), scheduler: scheduler.toString() }
  return {
    ...(await readSources(sources, readNamed, download)),
    name: path,
    shape: config && axesIn(config.toString()),
  }
}

/** unet/model.onnx, or the only .onnx in the first folder that has one. */
function networkIn(folder: string): string {
  const remedy =
    'give a folder with unet/model.onnx and scheduler/scheduler_config.json, as diffusers and optimum write it'
  if (!existsSync(folder)) throw new InputError(`there is no folder ${folder}: ${remedy}`, 'not-found')
  for (const each of ['unet', 'transformer', '.']) {
    const parent = join(folder, each)
    const found = existsSync(parent) ? readdirSync(parent).filter((name) => name.endsWith('.onnx')) : []
    if (found.length === 0) continue
    const name = found.includes('model.onnx') ? 'model.onnx' : found[0]!
    if (found.length > 1 && name !== 'model.onnx')
      throw new InputError(
        `${parent} has ${found.join(' and ')}: name one in { network, scheduler }, or call it model.onnx`,
        'conflict',
      )
    return join(parent, name)
  }
  throw new InputError(`${folder} has no network: ${remedy}`, 'not-found')
}
