import { InputError } from '../core/errors.ts'
import { type ModelSource, readSource } from '../infer/model.ts'
import type { NetworkFiles } from './open-network.ts'
import type { SchedulerConfig } from './sample.ts'
import { parsePythonJson } from './settings.ts'

/** A folder as diffusers writes it, by path or URL, or its files; the scheduler also as the content of its config. */
export type NetworkSource =
  | string
  | URL
  | { readonly network: ModelSource; readonly scheduler: ModelSource | SchedulerConfig }

/** Where a folder has its files. */
export const folderFiles = {
  network: 'unet/model.onnx',
  scheduler: 'scheduler/scheduler_config.json',
} as const

type Read = (name: string) => Promise<Uint8Array>

/** Reads a network's files: those of a folder on a server, or as the source names them. */
export async function readSources(source: NetworkSource, read: Read, download: Read): Promise<NetworkFiles> {
  if (typeof source === 'string' || source instanceof URL) {
    const folder = String(source).replace(/\/?$/, '/')
    const [bytes, config] = await Promise.all([
      download(folder + folderFiles.network),
      download(folder + folderFiles.scheduler),
    ])
    return { bytes, name: folder + folderFiles.network, scheduler: parseConfig(config) }
  }
  const { network, scheduler } = (source ?? {}) as Exclude<NetworkSource, string | URL>
  if (network === undefined || scheduler === undefined)
    throw new InputError(
      'the source lacks its network or its scheduler: give { network, scheduler }, or a folder',
      'missing',
    )
  const { bytes, name } = await readSource(network, read)
  return { bytes, name: network === name ? name : 'the network', scheduler: await configOf(scheduler, read) }
}

async function configOf(scheduler: ModelSource | SchedulerConfig, read: Read): Promise<SchedulerConfig> {
  if (typeof scheduler === 'string' && scheduler.trimStart().startsWith('{'))
    return parsePythonJson(scheduler, 'scheduler_config.json')
  const isSource =
    typeof scheduler === 'string' ||
    scheduler instanceof URL ||
    scheduler instanceof Uint8Array ||
    scheduler instanceof Blob
  if (!isSource) return scheduler
  return parseConfig((await readSource(scheduler, read)).bytes)
}

function parseConfig(bytes: Uint8Array): SchedulerConfig {
  return parsePythonJson(new TextDecoder().decode(bytes), 'scheduler_config.json')
}

/** The axes of a sample of an image network, from the config.json next to it, if it has them. */
export function axesIn(text: string): number[] | undefined {
  const { in_channels: channels, sample_size: size } = parsePythonJson(text, 'config.json')
  const sizes = Array.isArray(size) ? size : [size, size]
  const axes = [channels, ...sizes]
  return axes.every((each): each is number => Number.isInteger(each)) ? axes : undefined
}
