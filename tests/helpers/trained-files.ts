import { cardKey } from '../../src/model/card.ts'
import { memoryStore } from '../../src/model/run-store.ts'
import { exportModel } from '../../src/node/export.ts'
import { parseGraph } from '../../src/onnx/proto.ts'
import type { TrainRequest } from '../../src/train/options.ts'
import { train } from '../../src/train/train.ts'
import { simdEngines as engines } from './engines.ts'
import type { SearchedFile } from './search-values.ts'
import { type singleRows, tableOf } from './single-rows.ts'

/** A file of text that is JSON. */
export function jsonFile(name: string, bytes: Uint8Array): SearchedFile {
  return { name, bytes, json: JSON.parse(new TextDecoder().decode(bytes)) }
}

/** An ONNX file with its card. */
export function onnxFile(name: string, bytes: Uint8Array): SearchedFile {
  return { name, bytes, json: JSON.parse(parseGraph(bytes, name).metadata[cardKey]!) }
}

/** Trains a small model of rows, and exports all of its files. */
export async function filesOfModel(
  rows: ReturnType<typeof singleRows>['rows'],
  options: Partial<TrainRequest>,
) {
  const store = memoryStore()
  const quiet = { onNote() {}, onWarning() {} }
  const request = {
    recipe: 'table',
    seed: 1,
    hidden: [8, 8],
    ...quiet,
    ...options,
    dataset: tableOf(rows),
  } as const
  const run = await train(request, { engines, store })
  const exported = await exportModel({ run, sampler: { onWarning() {} }, seeded: true })
  const models = Object.entries(exported).map(([name, bytes]) => onnxFile(`${name}.onnx`, bytes))
  return { run, store, exported, files: [...models, jsonFile('config.json', (await store.read('config'))!)] }
}
