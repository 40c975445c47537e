import type { EngineName } from '../model/run-names.ts'
import type { RunStore } from '../model/run-store.ts'
import type { ReadOptions, TableFile } from '../table/formats/read-bytes.ts'
import type { EngineOptions, TrainingEngine } from './engine.ts'
import type { TrainRequest } from './options.ts'

/** The engines of Node or of a page. */
export interface Engines {
  /**
   * Returns the requested engine; for `auto` the fastest that works here, with a warning if another would be faster.
   */
  choose(request: Pick<TrainRequest, 'engine' | 'onWarning'>): Promise<EngineName>
  /** Creates an engine. Throws InputError if this machine can't run it. */
  create(name: EngineName, options: EngineOptions): Promise<TrainingEngine>
}

/** Finds the file of a dataset: its name in config.json, and how it is read. Undefined if the dataset is not a file. */
export type FindFile = (
  dataset: string,
) => { readonly name: string; read(options: ReadOptions): Promise<TableFile> } | undefined

/** The runtime of training, in Node or in a page. */
export interface TrainingRuntime {
  readonly engines: Engines
  /** The store of the run's files. */
  readonly store: RunStore
  /** Without it, datasets are built in or in memory. */
  readonly findFile?: FindFile | undefined
}
