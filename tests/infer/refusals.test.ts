import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as api from '../../src/index.ts'
import { folderOf } from '../helpers/folders.ts'

const { at } = folderOf('refusals')
const path = 'models/two-moons-seed/model.onnx'
const run = 'models/two-moons-seed'
const out = at('run')
let model: api.Model
beforeAll(async () => {
  model = await api.loadModel(path)
})
afterAll(() => model.dispose())

/** As a caller without types has them. */
const { sample, sampleStream, loadModel, exportModel, compare, train, distill, report, toRows } =
  api as unknown as Record<keyof typeof api, (...args: unknown[]) => unknown>
const drawing = (options: object) => () => sample(model, { count: 1, ...options })

/** The beginning of each message, and the call that is refused with it. */
const refusals: Partial<Record<api.InputError['code'], [message: string, call: () => unknown][]>> = {
  'unknown-option': [
    ['unknown option datset (did you mean dataset?)', () => train({ datset: 'x', out })],
    ['unknown option rows', () => train({ resume: true, out, rows: 5 })],
    ['unknown option numStep (did you mean numSteps?)', () => exportModel({ run, sampler: { numStep: 3 } })],
    ['unknown option selftest (did you mean', () => loadModel(path, { selftest: false })],
    ['unknown option sed (did you mean seed?)', drawing({ sed: 1 })],
    ['unknown option cuont (did you mean count?)', async () => sampleStream(model, { cuont: 1 })],
    ['unknown option provider (did you mean providers?)', () => compare(path, { provider: 'cpu' })],
  ],
  missing: [
    ['the argument of train is missing: give an object', () => train()],
    ["dataset is missing: give a table's path, rows, or one of two-moons, ", () => train({})],
    ['dataset is missing: ', () => train({ dataset: undefined, out })],
    ['the argument of distill is missing: give an object', () => distill()],
    ['run is missing: give a string', () => distill({})],
    ['the model is missing: give a path, a URL', () => loadModel()],
    ['model is missing: give the model that loadModel resolves to', () => sample(undefined)],
    ['the argument of sample is missing: give an object of its options', () => sample(model)],
    ['count is missing: give a whole number from 1 to 100000000', () => sample(model, {})],
  ],
  'wrong-type': [
    ["the argument of train is 'two-moons', a string: give", () => train('two-moons')],
    ['the argument of train is null: give an object', () => train(null)],
    ["steps is '5', a string: give a whole number", () => train({ dataset: 'two-moons', steps: '5', out })],
    ['schedule: ', () => train({ dataset: 'two-moons', schedule: 'linear', out })],
    [
      'dataset is an object of URL: give the path of a file',
      () => train({ dataset: new URL('file:///people.csv') }),
    ],
    [
      'dataset is an object of Buffer: it has neither rows nor columns',
      () => train({ dataset: Buffer.from('a,b') }),
    ],
    ['dataset is an object of Blob: give the table that readTable', () => train({ dataset: new Blob([]) })],
    [
      'dataset is an object of Promise: it is still pending: await it',
      () => train({ dataset: Promise.resolve([]) }),
    ],
    [
      'dataset is an object: it is a result, which holds a table: give its `table`',
      async () => train({ dataset: await sample(model, { count: 2 }) }),
    ],
    [
      'samples is an object: it is a result, which holds a table: give its `table`',
      async () => {
        const result = await sample(model, { count: 2 })
        return report({ samples: result, against: [{ x: 1 }], train: [{ x: 1 }] })
      },
    ],
    ['the table is an object: it is a result', async () => toRows(await sample(model, { count: 2 }))],
    ["the argument of exportModel is 'runs/x', a string: give", () => exportModel('runs/x')],
    ['the model is 42: give a path, a URL', () => loadModel(42)],
    ["the argument of loadModel is 'cpu', a string", () => loadModel(path, 'cpu')],
    [
      'model is an object of Promise: give the model that loadModel resolves to',
      () => sample(Promise.resolve(), { count: 1 }),
    ],
    ["count is '10', a string: give a whole number from 1 to 100000000", drawing({ count: '10' })],
    ["clip is 'yes', a string: give true or false", drawing({ clip: 'yes' })],
    ["timesteps is '5,1', a string", drawing({ timesteps: '5,1' })],
    ['x_T is an array: give points', drawing({ x_T: [[0, 0]] })],
    ["providers is 'cpu', a string: give", () => compare(path, { providers: 'cpu' })],
  ],
  'out-of-range': [['noise is for 1 step', drawing({ noise: [1] })]],
}

describe.each(Object.entries(refusals))('a call is refused in one line with the code %s', (code, calls) => {
  it.each(calls)('%s', async (message, call) => {
    const error = await Promise.resolve()
      .then(call)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(api.InputError)
    const refused = error as api.InputError
    expect([refused.code, refused.message.slice(0, message.length)]).toEqual([code, message])
    expect(refused.message).not.toContain('\n')
  })
})
