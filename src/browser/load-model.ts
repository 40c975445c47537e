import { anything, checkOptions } from '../core/options.ts'
import { download, type LoadOptions, type Model, type ModelSource, readSource } from '../infer/model.ts'
import { loadChecks, openModel } from '../infer/open-model.ts'
import { ofRuntime } from '../infer/providers/runtime.ts'
import { graphForWasm } from '../infer/providers/wasm-graph.ts'
import { type WasmPaths, webProvider } from '../infer/providers/web-session.ts'
import type { WebProvider } from '../infer/session.ts'
import type { Verdicts } from '../measure/verdicts.ts'
import { describeConfig } from '../model/description.ts'
import type { RunStore } from '../model/run-store.ts'
import { runConfigIn } from '../model/stored-run.ts'
import type { ModelContents } from '../report/held.ts'
import type { LeftOutColumns } from '../report/left-out.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import { joinTables, type NamedTable, type Table } from '../table/table.ts'
import { matchWithOther } from '../table/unknown-names.ts'
import type { TrainedCloseness } from '../train/closeness.ts'
import { tableIn } from '../train/resume.ts'
import { loadOnnxruntime } from './provided-onnxruntime.ts'
import { workerRuntimes } from './runtimes.ts'
import { simdInPage } from './simd.ts'

export interface WebLoadOptions
  extends Pick<LoadOptions<WebProvider>, 'threads' | 'selfTest' | 'withoutFaker'> {
  /** Default: `simd`. The others need `moonstep/web/onnxruntime`. A named provider never falls back to another. */
  readonly provider?: WebProvider | undefined
  /**
   * For pages whose bundler doesn't find the files, both in `onnxruntime-web/dist`: ort-wasm-simd-threaded for `wasm`,
   * ort-wasm-simd-threaded.asyncify for `webgpu`. Read only with a provider's first model.
   */
  readonly wasmPaths?: WasmPaths | undefined
}

/**
 * Loads a model.onnx or sampler.onnx in a page.
 *
 * @param source - A URL (a string is relative to the page), the bytes or a Blob.
 * @param options - The provider and its settings.
 * @returns The model, to sample and then to dispose of.
 * @throws InputError if the source can't be read, it is no Moonstep model, its digests differ, this browser lacks the
 * provider, or the self-test fails.
 * @example
 * const model = await loadModel('model.onnx')
 */
export async function loadModel(source: ModelSource, options: WebLoadOptions = {}): Promise<Model> {
  const { provider, threads, selfTest, withoutFaker } = loadChecks
  checkOptions('loadModel', options, { provider, threads, selfTest, withoutFaker, wasmPaths: anything })
  const { wasmPaths, ...rest } = options
  const { bytes, name } = await readSource(source, download)
  const providers = [
    simdInPage(workerRuntimes.simd.start),
    ofRuntime(webProvider('wasm', () => loadOnnxruntime('wasm'), { wasmPaths }, graphForWasm)),
    ofRuntime(webProvider('webgpu', () => loadOnnxruntime('webgpu'), { wasmPaths })),
  ] as const
  return openModel(bytes, name, providers, rest)
}

/** What a run of `train` on a table learned from. */
export interface RunTables {
  /** What the model does with each column. */
  readonly encoding: Encoding
  /** How one of several candidates is chosen for each row, and the columns whose names of single rows were allowed, for `report`. */
  readonly candidates: ModelContents['candidates']
  readonly rareNames: ModelContents['rareNames']
  /** The columns that were left out, and why, for `report`. */
  readonly leftOut: LeftOutColumns | undefined
  /** The rows of train.csv, holdout.csv and validation.csv, as written; undefined if the run has none. */
  readonly train: NamedTable | undefined
  readonly holdout: NamedTable | undefined
  readonly validation: NamedTable | undefined
  /** How close the samples were to real rows when it was trained; undefined if that was not measured. */
  readonly closeness: TrainedCloseness | undefined
  /** Whether they were good, and whether they gave anyone away; undefined of earlier runs. For `report`, with `closeness`. */
  readonly verdicts: Verdicts | undefined
  /** The rows of all three, in the model's columns. Names that only held-out rows have count as `other`. */
  readonly rows: Table
}

/**
 * Reads the tables in the store of a run: the rows it trained on, and those it kept aside.
 *
 * @param store - The run's store.
 * @returns The tables, and the encoding of their columns.
 * @throws InputError if the store has no run of `train`.
 * @example
 * const { train, holdout } = await readRun(store)
 * const { verdicts } = await report({ samples: table, against: holdout, train })
 */
export async function readRun(store: RunStore): Promise<RunTables> {
  const config = await runConfigIn(store)
  const { encoding } = describeConfig(config)
  const [train, holdout, validation] = [
    await tableIn(store, 'train', encoding),
    await tableIn(store, 'holdout', encoding),
    await tableIn(store, 'validation', encoding),
  ]
  const none = new Float64Array()
  let rows: Table = { count: 0, columns: encoding.columns.map((column) => ({ ...column, cells: none })) }
  for (const table of [train, holdout, validation]) {
    if (!table) continue
    const matched = matchWithOther(table, { name: 'the model', columns: rows.columns })
    const { count, columns } = joinTables([rows, matched])
    // the later columns may have `other` too
    rows = { count, columns: matched.columns.map((column, d) => ({ ...column, cells: columns[d]!.cells })) }
  }
  const { candidates, rareNames, leftOut, closeness, verdicts } = config
  return { encoding, candidates, rareNames, leftOut, closeness, verdicts, train, holdout, validation, rows }
}
