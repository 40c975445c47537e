import { describe, expectTypeOf, it } from 'vitest'
import * as web from '../../src/browser/index.ts'
import {
  type Database,
  type DatabaseModel,
  distill,
  type EngineName,
  exportModel,
  type FigureName,
  InputError,
  type LoadOptions,
  loadModel,
  type Model,
  type NamedTable,
  type PlotOptions,
  type Points,
  type ProviderName,
  plot,
  registerProvider,
  registerSampler,
  type SampleOptions,
  type SampleResult,
  sample,
  sampleStream,
  type Table,
  type TableRow,
  type TableSource,
  type TrainRequest,
  type TrainSeveralRequest,
  toRows,
  train,
  type WritableDatabase,
} from '../../src/index.ts'

/** Rows as an application declares them. */
interface Person {
  name: string
  age: number | null
}

/** Names in a value that its type lacks: `never` where all are known. */
type Unknown<Given, Type> = Exclude<keyof Given, keyof Type>

// `npm run types` compiles these; at run time they do nothing
describe('the types of moonstep', () => {
  it('loadModel takes a path, a URL, bytes or a Blob', () => {
    type Source = string | URL | Uint8Array | Blob
    expectTypeOf<Parameters<typeof loadModel>>().toEqualTypeOf<[Source, (LoadOptions | undefined)?]>()
    const model = (path: string) => loadModel(path)
    expectTypeOf(model).returns.resolves.toEqualTypeOf<Model>()
    expectTypeOf(loadModel).toBeCallableWith('model.onnx', { provider: 'webgpu', threads: 2 })
    expectTypeOf<LoadOptions['provider']>().toEqualTypeOf<ProviderName | 'auto' | undefined>()
    expectTypeOf<{ provider: 'gpu' }>().not.toExtend<LoadOptions>()
    expectTypeOf<Unknown<{ gpu: true }, LoadOptions>>().not.toBeNever()
  })

  it('sample takes the options that it has, and no others', () => {
    expectTypeOf<Parameters<typeof sample>>().toEqualTypeOf<[Model, SampleOptions]>()
    const samples = () => sample({} as Model, { count: 1 })
    expectTypeOf(samples).returns.resolves.toEqualTypeOf<SampleResult>()
    type Everything = {
      count: number
      seed: number
      sampler: 'ddpm'
      variance: 'fixed_small' | 'fixed_large'
      numSteps: number
      timesteps: number[]
      x_T: Points
      noise: Points[]
      trajectory: boolean
      chunkSize: number
      signal: AbortSignal
      onProgress: (progress: { done: number; count: number }) => void
    }
    expectTypeOf<Everything>().toExtend<SampleOptions>()
    expectTypeOf<Unknown<Everything, SampleOptions>>().toBeNever()
    expectTypeOf<Unknown<{ num_steps: 5 }, SampleOptions>>().toEqualTypeOf<'num_steps'>()
    expectTypeOf<{ seed: number }>().not.toExtend<SampleOptions>()
    expectTypeOf<{ count: string }>().not.toExtend<SampleOptions>()
    expectTypeOf<{ count: 1; sampler: 'euler' }>().not.toExtend<SampleOptions>()
  })

  it('samples are float32, row by row', () => {
    expectTypeOf<SampleResult['points']>().toEqualTypeOf<Points>()
    expectTypeOf<SampleResult['points']['data']>().toEqualTypeOf<Float32Array>()
    expectTypeOf<SampleResult['points']['count']>().toEqualTypeOf<number>()
    expectTypeOf<SampleResult['trajectory']>().toEqualTypeOf<readonly Points[] | undefined>()
    expectTypeOf<SampleResult['provider']>().toEqualTypeOf<string>()
  })

  it('train and exportModel take requests and give results', () => {
    expectTypeOf(train).toBeCallableWith({ dataset: 'two-moons', recipe: 'post', seed: 0, out: 'runs/moons' })
    expectTypeOf(train).toBeCallableWith({ out: 'runs/moons', resume: true })
    const moons = () => train({ dataset: 'two-moons' })
    expectTypeOf(moons).returns.resolves.toHaveProperty('finalLoss').toEqualTypeOf<number>()
    expectTypeOf<Unknown<{ lr: 1 }, TrainRequest>>().toEqualTypeOf<'lr'>()
    expectTypeOf<{ dataset: 'two-moons' }>().toExtend<TrainRequest>()
    expectTypeOf<{ dataset: 'two-moons'; engine: 'gpu' }>().not.toExtend<TrainRequest>()
    expectTypeOf<TrainRequest['engine']>().toEqualTypeOf<EngineName | 'auto' | undefined>()
    expectTypeOf<{ dataset: 'two-moons'; recipe: 'tables' }>().not.toExtend<TrainRequest>()
    expectTypeOf<TrainRequest['recipe']>().toEqualTypeOf<'points' | 'post' | 'table' | undefined>()
    expectTypeOf<{ recipe: 'table' }>().not.toExtend<TrainRequest>()
    expectTypeOf(exportModel).toBeCallableWith({ run: 'runs/moons', samplerOut: 'sampler.onnx' })
    expectTypeOf<{ out: string }>().not.toExtend<Parameters<typeof exportModel>[0]>()
    const exported = () => exportModel({ run: 'runs/moons' })
    expectTypeOf(exported).returns.resolves.toHaveProperty('model').toExtend<Uint8Array>()
  })

  it('train, exportModel, loadModel and sample take several tables, and give them by their names', () => {
    const shop = async () => {
      const run = await train({ dataset: { customers: [{ id: 1 }], orders: [{ customer_id: 1 }] } })
      const { model } = await exportModel({ run })
      return sample(await loadModel(model), { count: { customers: 10 } })
    }
    expectTypeOf(shop).returns.resolves.toEqualTypeOf<Record<string, NamedTable>>()
    const ofFile = () => loadModel('shop.moonstep')
    expectTypeOf(ofFile).returns.resolves.toEqualTypeOf<DatabaseModel>()
    expectTypeOf(train).toBeCallableWith({ dataset: {} as Database, holdout: 0.2, out: 'runs/shop' })
    // what is drawn is written, and trained on again
    expectTypeOf<Awaited<ReturnType<typeof shop>>>().toExtend<WritableDatabase['tables']>()
    expectTypeOf<Awaited<ReturnType<typeof shop>>>().toExtend<TrainSeveralRequest['dataset']>()
  })

  it('names of your own samplers and providers are those that registering them returns', () => {
    expectTypeOf(registerProvider).returns.toExtend<NonNullable<LoadOptions['provider']>>()
    expectTypeOf(registerSampler).returns.toExtend<NonNullable<SampleOptions['sampler']>>()
  })

  it('rows may be of an interface, a type or arrays, and no texts or numbers', () => {
    expectTypeOf<Person[]>().toExtend<TableSource>()
    expectTypeOf<readonly Person[]>().toExtend<TrainRequest['dataset']>()
    expectTypeOf<{ age: number }[]>().toExtend<TableSource>()
    expectTypeOf<number[][]>().toExtend<TableSource>()
    expectTypeOf<string[]>().not.toExtend<TableSource>()
    expectTypeOf<number[]>().not.toExtend<TableSource>()
  })

  it('toRows gives rows of the type that it is asked for', () => {
    const rows = () => toRows({} as Table)
    expectTypeOf(rows).returns.toEqualTypeOf<TableRow[]>()
    expectTypeOf(toRows<Person>).returns.toEqualTypeOf<Person[]>()
    expectTypeOf(toRows<Person>).toBeCallableWith({} as Table)
  })

  it('sample and sampleStream give tables of the type that they are asked for, which toRows gives', () => {
    const people = async () => toRows((await sample<Person>({} as Model, { count: 1 })).table)
    expectTypeOf(people).returns.resolves.toEqualTypeOf<Person[]>()
    const rows = async () => toRows((await sample({} as Model, { count: 1 })).table)
    expectTypeOf(rows).returns.resolves.toEqualTypeOf<TableRow[]>()
    const ofModel = async (model: Model) => toRows((await model.sample<Person>({ count: 1 })).table)
    expectTypeOf(ofModel).returns.resolves.toEqualTypeOf<Person[]>()
    const ofStream = async (model: Model) => {
      for await (const { table } of sampleStream<Person>(model, { count: 1 })) return toRows(table)
      return []
    }
    expectTypeOf(ofStream).returns.resolves.toEqualTypeOf<Person[]>()
    const inPage = async (client: web.SamplingClient) =>
      web.toRows((await client.sample<Person>({ count: 1 })).table)
    expectTypeOf(inPage).returns.resolves.toEqualTypeOf<Person[]>()
    // a table of any rows is a table, and is trained on and measured as one
    expectTypeOf<SampleResult<Person>['table']>().toExtend<Table>()
    expectTypeOf<SampleResult<Person>['table']>().toExtend<TrainRequest['dataset']>()
    expectTypeOf<SampleResult<Person>['table']>().not.toExtend<SampleResult<{ town: string }>['table']>()
  })

  it('distill takes a teacher, and its result names it', () => {
    expectTypeOf(distill).toBeCallableWith({ run: 'runs/moons', sampler: 'ddim', numSteps: 10, seed: 1 })
    expectTypeOf<{ out: string }>().not.toExtend<Parameters<typeof distill>[0]>()
    expectTypeOf(distill).returns.resolves.toHaveProperty('finalLoss').toEqualTypeOf<number>()
    expectTypeOf(distill).returns.resolves.toHaveProperty('teacher').toHaveProperty('pairs').toBeNumber()
  })

  it('plot takes the figures that there are', () => {
    expectTypeOf(plot).toBeCallableWith('vector-field', { model: 'model.onnx', at: [5, 1], theme: 'dark' })
    expectTypeOf<'pairs' | 'reverse'>().toExtend<FigureName>()
    expectTypeOf<'histogram'>().not.toExtend<FigureName>()
    expectTypeOf<Unknown<{ out: 'a.svg' }, PlotOptions>>().toEqualTypeOf<'out'>()
  })

  it('an InputError is an Error', () => {
    expectTypeOf(InputError).instance.toExtend<Error>()
  })
})

describe('the types of moonstep/web', () => {
  it('has the same sample and Model, and the providers of a page', () => {
    expectTypeOf<Parameters<typeof web.sample>>().toEqualTypeOf<Parameters<typeof sample>>()
    expectTypeOf(web.InputError).toEqualTypeOf(InputError)
    expectTypeOf(web.loadModel).parameter(0).toEqualTypeOf<string | URL | Uint8Array | Blob>()
    expectTypeOf(web.loadModel).returns.resolves.toEqualTypeOf<Model>()
    expectTypeOf<web.LoadOptions['provider']>().toEqualTypeOf<'simd' | 'wasm' | 'webgpu' | undefined>()
    expectTypeOf(web.loadModel).toBeCallableWith('model.onnx', { wasmPaths: '/ort/' })
    expectTypeOf(web.train).toBeCallableWith({ dataset: 'two-moons', engine: 'simd' })
    expectTypeOf(train).toBeCallableWith({ dataset: 'two-moons', engine: 'simd' })
    expectTypeOf<{ dataset: 'two-moons'; engine: 'onnx' }>().not.toExtend<web.WebTrainRequest>()
    expectTypeOf<web.ExecutionProvider>().toEqualTypeOf<'simd' | 'wasm' | 'webgpu'>()
  })
})
