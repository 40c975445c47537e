import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { InputError, messageOf } from '../core/errors.ts'
import type { Model } from '../infer/model.ts'
import { readModel } from '../onnx/read.ts'
import type { Metrics } from './metrics.ts'
import { Refusal } from './refusal.ts'
import type { AnswerRoom, ArrivalRoom } from './room.ts'
import { type NamedModelFile, ServedModel, stateOf } from './served-model.ts'

export interface CatalogueOptions {
  readonly path: string
  /** Loads a file on the provider and runs its self-test. */
  load(path: string): Promise<Model>
  readonly metrics: Metrics
  /** Receives messages about loaded, unloaded and invalid models. */
  readonly log: Pick<FastifyBaseLogger, 'info' | 'error'>
}

const lookEvery = 1000

/**
 * The served models, each from one file. When a file changes, the new model replaces the old one once it is loaded and
 * tested. Until then, or if the new model can't be used, the old one keeps answering.
 */
export class Catalogue {
  readonly #options: CatalogueOptions
  readonly #models = new Map<string, ServedModel>()
  /** States of the files that could not be used; each is retried only after it changes. */
  readonly #refused = new Map<string, string>()
  /** States of changed files at the last check; a file still being written is left alone. */
  readonly #changedStates = new Map<string, string>()
  #looking: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(options: CatalogueOptions) {
    this.#options = options
  }

  [Symbol.iterator](): IterableIterator<ServedModel> {
    return this.#models.values()
  }

  get names(): string[] {
    return [...this.#models.keys()]
  }

  /** Returns the model with this name and, if given, version. Throws a Refusal if there is none. */
  get(name: string, version?: string): ServedModel {
    const model = this.#models.get(name)
    const names = this.names.slice(0, 20).join(', ')
    if (!model) throw new Refusal('not-found', `there is no model of this name: choose from ${names}`)
    if (version && version !== model.version)
      throw new Refusal('not-found', `model ${name} has no such version: it has ${model.version}`)
    return model
  }

  find(name: string, version?: string): ServedModel | undefined {
    const model = this.#models.get(name)
    return version && version !== model?.version ? undefined : model
  }

  /** Loads all models. If none can be used, throws the first one's error. */
  async open(): Promise<void> {
    const { path } = this.#options
    let first: unknown
    for (const [i, model] of (await requireModels(path)).entries()) {
      const state = await stateOf(model.path)
      await this.#load(model).catch((error) => {
        if (i === 0) first = error
        this.#refuse(model, error, state)
      })
    }
    if (this.#models.size === 0) throw first
    this.#timer = setInterval(() => void this.look(), lookEvery).unref()
  }

  /** Checks the files, and loads and unloads what changed. With `again`, also retries files that could not be used. */
  look({ again = false } = {}): Promise<void> {
    if (again) this.#refused.clear()
    this.#looking = this.#looking
      .then(() => this.#look(again))
      .catch((error) => this.#options.log.error({}, messageOf(error)))
    return this.#looking
  }

  /** Frees all models once pending requests have their rows. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
    await Promise.all(Array.from(this, (model) => model.retire()))
  }

  async #look(now: boolean): Promise<void> {
    const files = await findModels(this.#options.path).catch((error): NamedModelFile[] | undefined => {
      // a path that is briefly missing while it is replaced unloads no model
      if (error instanceof InputError) return undefined
      throw error
    })
    if (!files) return
    for (const model of files) {
      const state = await stateOf(model.path).catch(() => undefined)
      const served = this.#models.get(model.name)
      const isServed = served?.state === state && served?.path === model.path
      if (state === undefined || isServed || this.#refused.get(model.path) === state) continue
      const isStill = this.#changedStates.get(model.path) === state
      this.#changedStates.set(model.path, state)
      if (!now && !isStill) continue
      await this.#load(model).catch((error) => this.#refuse(model, error, state))
    }
    for (const [name, model] of this.#models) {
      if (files.some((file) => file.name === name)) continue
      this.#models.delete(name)
      this.#options.log.info({ model: name, version: model.version }, 'unloaded: its file is gone')
      void this.#retire(model)
    }
  }

  async #load({ name, path }: NamedModelFile): Promise<void> {
    const { load, metrics, log } = this.#options
    const watch = metrics.watchOf(name, (error) => log.error({ model: name }, messageOf(error)))
    const model = await ServedModel.load({ name, path, load, watch })
    const old = this.#models.get(name)
    this.#models.set(name, model)
    const { version, digest, provider } = model
    log.info({ model: name, version, digest, provider, replaces: old?.version }, 'loaded')
    if (old) void this.#retire(old)
  }

  #refuse({ name, path }: NamedModelFile, error: unknown, state: string): void {
    this.#refused.set(path, state)
    const goesOn = this.#models.get(name)?.version
    const rest = goesOn === undefined ? '' : `; version ${goesOn} stays`
    this.#options.log.error({ model: name }, `cannot be used: ${messageOf(error)}${rest}`)
  }

  async #retire(model: ServedModel): Promise<void> {
    await model.retire().catch((error) => this.#options.log.error({ model: model.name }, messageOf(error)))
  }
}

const remedy = 'give a model.onnx or sampler.onnx, or a folder of them'

/** `findModels`, which also throws InputError if there are none. */
export async function requireModels(path: string): Promise<NamedModelFile[]> {
  const models = await findModels(path)
  if (models.length > 0) return models
  const isRun = (await kindOf(join(path, 'config.json'))) === 'file'
  const problem = isRun ? `${path} is a run folder: export it first, then` : `${path} has no models:`
  throw new InputError(`${problem} ${remedy}`, 'not-found')
}

/** Throws the first file's error if none of them is a model, before anything is started for them. */
export async function requireReadable(models: readonly NamedModelFile[]): Promise<void> {
  let first: unknown
  for (const [i, { path }] of models.entries())
    try {
      readModel(await readFile(path), path)
      return
    } catch (error) {
      if (i === 0) first = error
    }
  throw first
}

/**
 * Finds the models at a path: a file; a folder with a model.onnx, else a sampler.onnx; or, in any other folder, each
 * such sub-folder and each .onnx file. Throws InputError if the path doesn't exist.
 */
export async function findModels(path: string): Promise<NamedModelFile[]> {
  const kind = await kindOf(path)
  if (kind === undefined) throw new InputError(`there is no ${path}: ${remedy}`, 'not-found')
  if (kind === 'file') return [{ name: nameOf(path), path }]
  const single = await modelIn(path)
  if (single !== undefined) return [{ name: basename(resolve(path)), path: single }]
  const models = new Map<string, string>()
  for (const entry of (await readdir(path)).sort()) {
    if (entry.startsWith('.')) continue
    const inner = join(path, entry)
    const isFolder = (await kindOf(inner)) === 'folder'
    const file = isFolder ? await modelIn(inner) : /\.onnx$/i.test(entry) ? inner : undefined
    const name = isFolder ? entry : nameOf(entry)
    // a folder takes precedence over a file of the same name
    if (file !== undefined && !models.has(name)) models.set(name, file)
  }
  return [...models].map(([name, file]) => ({ name, path: file }))
}

/** Returns the file's name, or its folder's for model.onnx and sampler.onnx. */
function nameOf(path: string): string {
  const name = basename(path).replace(/\.onnx$/i, '')
  const folder = basename(dirname(resolve(path)))
  return (name === 'model' || name === 'sampler') && folder !== '' ? folder : name
}

async function modelIn(folder: string): Promise<string | undefined> {
  for (const name of ['model.onnx', 'sampler.onnx'])
    if ((await kindOf(join(folder, name))) === 'file') return join(folder, name)
  return undefined
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch {
    return undefined
  }
}

export interface ServerState {
  readonly catalogue: Catalogue
  /** Whether all models are loaded and tested, and the server is not shutting down. */
  isReady: boolean
  /** Whether the server is in its grace period or shutting down. */
  isEnding: boolean
  readonly answers: AnswerRoom
  readonly arrivals: ArrivalRoom
}

export interface Served {
  readonly state: ServerState
  readonly metrics: Metrics
  readonly logger: FastifyBaseLogger
}
