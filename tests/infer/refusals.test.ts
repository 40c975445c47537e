import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as api from '../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'moonstep-refusals-'))
const path = 'models/two-moons-seed/model.onnx'
let model: api.Model
beforeAll(async () => {
  model = await api.loadModel(path)
})
afterAll(async () => {
  await model.dispose()
  rmSync(folder, { recursive: true })
})

/** As a caller without types has them. */
const { sample, sampleStream, loadModel, exportModel, compare, train, distill } = api as unknown as Record<
  keyof typeof api,
  (...args: unknown[]) => unknown
>
const out = join(folder, 'run')

it.each<[string, () => unknown, api.InputError['code'], string]>([
  [
    'train of a mistyped option',
    () => train({ datset: 'x', out }),
    'unknown-option',
    'unknown option datset (did you mean dataset?)',
  ],
  [
    'train of a name',
    () => train('two-moons'),
    'wrong-type',
    "the argument of train is 'two-moons', a string: give",
  ],
  ['train of null', () => train(null), 'wrong-type', 'the argument of train is null: give an object'],
  [
    'steps as text',
    () => train({ steps: '5', out }),
    'wrong-type',
    "steps is '5', a string: give a whole number",
  ],
  ['a schedule by name', () => train({ schedule: 'linear', out }), 'wrong-type', 'schedule: '],
  [
    'resume of an option',
    () => train({ resume: true, out, rows: 5 }),
    'unknown-option',
    'unknown option rows',
  ],
  ['distill of nothing', () => distill(), 'missing', 'the argument of distill is missing: give an object'],
  ['distill without a run', () => distill({}), 'missing', 'run is missing: give a string'],
  [
    'a path',
    () => exportModel('runs/x'),
    'wrong-type',
    "the argument of exportModel is 'runs/x', a string: give",
  ],
  [
    'a mistyped option of the sampler',
    () => exportModel({ run: 'models/two-moons-seed', sampler: { numStep: 3 } }),
    'unknown-option',
    'unknown option numStep (did you mean numSteps?)',
  ],
  ['a model of a number', () => loadModel(42), 'wrong-type', 'the model is 42: give a path, a URL'],
  ['a model of nothing', () => loadModel(), 'missing', 'the model is missing: give a path, a URL'],
  [
    'a provider beside',
    () => loadModel(path, 'cpu'),
    'wrong-type',
    "the argument of loadModel is 'cpu', a string",
  ],
  [
    'selfTest',
    () => loadModel(path, { selftest: false }),
    'unknown-option',
    'unknown option selftest (did you mean',
  ],
  [
    'no model',
    () => sample(undefined),
    'missing',
    'model is missing: give the model that loadModel resolves to',
  ],
  [
    'a model that is not awaited',
    () => sample(Promise.resolve(), { count: 1 }),
    'wrong-type',
    'model is an object of Promise: give the model that loadModel resolves to',
  ],
  [
    'no options',
    () => sample(model),
    'missing',
    'the argument of sample is missing: give an object of its options',
  ],
  [
    'no count',
    () => sample(model, {}),
    'missing',
    'count is missing: give a whole number from 1 to 100000000',
  ],
  [
    'a count as text',
    () => sample(model, { count: '10' }),
    'wrong-type',
    "count is '10', a string: give a whole number from 1 to 100000000",
  ],
  [
    'a mistyped seed',
    () => sample(model, { count: 1, sed: 1 }),
    'unknown-option',
    'unknown option sed (did you mean seed?)',
  ],
  [
    'clip as text',
    () => sample(model, { count: 1, clip: 'yes' }),
    'wrong-type',
    "clip is 'yes', a string: give true or false",
  ],
  [
    'timesteps as text',
    () => sample(model, { count: 1, timesteps: '5,1' }),
    'wrong-type',
    "timesteps is '5,1', a string",
  ],
  [
    'rows for x_T',
    () => sample(model, { count: 1, x_T: [[0, 0]] }),
    'wrong-type',
    'x_T is an array: give points',
  ],
  ['rows for noise', () => sample(model, { count: 1, noise: [1] }), 'out-of-range', 'noise is for 1 step'],
  [
    'a stream',
    async () => sampleStream(model, { cuont: 1 }),
    'unknown-option',
    'unknown option cuont (did you mean count?)',
  ],
  [
    'compare',
    () => compare(path, { provider: 'cpu' }),
    'unknown-option',
    'unknown option provider (did you mean providers?)',
  ],
  [
    'providers as text',
    () => compare(path, { providers: 'cpu' }),
    'wrong-type',
    "providers is 'cpu', a string: give",
  ],
])('%s is an InputError of one line, by its code', async (_, call, code, message) => {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  expect(error).toBeInstanceOf(api.InputError)
  const refused = error as api.InputError
  expect([refused.code, refused.message.slice(0, message.length)]).toEqual([code, message])
  expect(refused.message).not.toContain('\n')
})
