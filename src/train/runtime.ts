import type { EngineName } from '../model/run-config.ts'
import type { RunStore } from '../model/run-store.ts'
import type { ReadOptions, TableFile } from '../table/table-file.ts'
import type { EngineOptions, TrainingEngine } from './engine.ts'
import type { TrainRequest } from './options.ts'

/** The engines that there are in Node, or in a page. */
export interface Engines {
  /** The engine that is asked for; of `auto` the fastest that works here. Says, as a warning, why it is not another. */
  choose(request: Pick<TrainRequest, 'engine' | 'onWarning'>): Promise<EngineName>
  /** Creates an engine by its name. Throws InputError where this machine can't run it. */
  create(name: EngineName, options: EngineOptions): Promise<TrainingEngine>
}

/** Tables that lie in files. */
export interface TableFiles {
  /** Whether a dataset's name is that of a file. */
  isFile(name: string): boolean
  read(name: string, options: ReadOptions): Promise<TableFile>
  /** What config.json calls it. */
  nameOf(name: string): string
}

/** What training has of Node, or of a page. */
export interface TrainingRuntime {
  readonly engines: Engines
  /** Where the run's files go. */
  readonly store: RunStore
  /** Without them a dataset is built in, or in memory. */
  readonly files?: TableFiles | undefined
}
