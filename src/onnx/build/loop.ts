import proto, { type onnx as types } from 'onnx-proto'
import protobuf from 'protobufjs/minimal.js'
import { InputError } from '../../core/errors.ts'
import { version } from '../../core/version.ts'
import type { SamplingPlan, Stage } from '../../diffusion/process.ts'
import { opsetOf } from '../proto.ts'

// onnx-proto is a CommonJS module: values come from the default import, types from named imports
const { AttributeProto, ModelProto, TensorProto } = proto.onnx
const { FLOAT, INT64, BOOL } = TensorProto.DataType

/** A diffusers network and the plan to sample it by. */
export interface LoopRequest {
  readonly bytes: Uint8Array
  readonly plan: SamplingPlan
  /** The network's input for the state, its axes after the first, and its input for the time. */
  readonly state: string
  readonly shape: readonly number[]
  readonly time: string
  /** Further inputs whose value without a condition the graph takes too, for guidance; none for no guidance. */
  readonly without: readonly string[]
}

type Input = types.IValueInfoProto

/**
 * The whole process around a network as one graph, an ONNX Loop with a turn for each stage: x_T, the noise of each step if
 * it is stochastic, and given_NAME of each further input, to x_0; with guidance also without_NAME and guidance. Nodes and
 * weights of the network are in it once, as they are.
 */
export function loopGraph(request: LoopRequest): Uint8Array {
  const model = ModelProto.decode(protobuf.Reader.create(request.bytes) as never) as types.IModelProto
  const opset = opsetOf(request.bytes)
  if (opset < 11)
    throw new InputError(`the network is of opset ${opset}: export it with opset 11 or above`, 'bad-model')
  const whole: types.IModelProto = {
    ...model,
    producerName: 'moonstep',
    producerVersion: version,
    docString: '',
    metadataProps: [],
    graph: new LoopBuilder(model.graph!, request).build(),
  }
  return ModelProto.encode(whole, protobuf.Writer.create() as never).finish()
}

class LoopBuilder {
  readonly #network: types.IGraphProto
  readonly #request: LoopRequest
  readonly #constants: types.ITensorProto[] = []
  /** Where nodes go: before the loop, then in it. */
  #nodes: types.INodeProto[] = []
  #count = 0

  constructor(network: types.IGraphProto, request: LoopRequest) {
    this.#network = network
    this.#request = request
  }

  build(): types.IGraphProto {
    const { plan, state, shape, time, without } = this.#request
    const { stages, limit } = plan
    const weights = new Set(this.#network.initializer?.map(({ name }) => name))
    const inputs = (this.#network.input ?? []).filter(({ name }) => !weights.has(name))
    const others = inputs.filter(({ name }) => name !== state && name !== time)
    const isGuided = without.length > 0
    const start = this.#op('Mul', ['x_T', this.#floats([plan.start], [])])
    for (const { name } of others) {
      const [given, none] = [`given_${name}`, without.includes(name!) ? `without_${name}` : `given_${name}`]
      if (isGuided) this.#op('Concat', [none, given], { axis: 0 }, name!)
      else this.#op('Identity', [given], {}, name!)
    }
    const callsToKeep = Math.max(...stages.map(({ calls }) => calls.length))
    const parts = limit ? ['x_t', 'output', 'x_0'] : ['x_t', 'output']
    const earlier = Array.from({ length: callsToKeep - 1 }, (_, k) =>
      parts.map((part) => `earlier.${part}.${k}`),
    ).flat()
    const nothing = earlier.length > 0 ? [this.#op('Sub', [start, start])] : []
    const before = this.#nodes
    this.#nodes = []
    const next = this.#turn(inputs, parts, callsToKeep)
    const float = (name: string): Input => ({ name, type: { tensorType: { elemType: FLOAT } } })
    const scalar = (name: string, elemType: number): Input => ({
      name,
      type: { tensorType: { elemType, shape: { dim: [] } } },
    })
    const body: types.IGraphProto = {
      name: 'stage',
      node: this.#nodes,
      input: [scalar('loop.i', INT64), scalar('loop.go', BOOL), ...['loop.x', ...earlier].map(float)],
      output: [scalar(this.#last('loop.go'), BOOL), ...next.map((each) => float(this.#last(each)))],
    }
    const loop: types.INodeProto = {
      name: 'stages',
      opType: 'Loop',
      input: [
        this.#wholes([stages.length], []),
        this.#add(BOOL, [], [1]),
        start,
        ...earlier.flatMap(() => nothing),
      ],
      output: ['x_0', ...earlier.map((name) => `last.${name}`)],
      attribute: [{ name: 'body', type: AttributeProto.AttributeType.GRAPH, g: body }],
    }
    const sample = (name: string, ...axes: (string | number)[]): Input => ({
      name,
      type: {
        tensorType: {
          elemType: FLOAT,
          shape: {
            dim: [...axes, 'batch', ...shape].map((size) =>
              typeof size === 'number' ? { dimValue: size } : { dimParam: size },
            ),
          },
        },
      },
    })
    const renamed = (prefix: string, names: readonly Input[]) =>
      names.map((each) => ({ ...each, name: `${prefix}_${each.name}` }))
    return {
      name: 'process',
      node: [...before, loop],
      initializer: [...(this.#network.initializer ?? []), ...this.#constants],
      input: [
        sample('x_T'),
        ...(plan.isStochastic ? [sample('noise', plan.timesteps.length)] : []),
        ...renamed('given', others),
        ...renamed(
          'without',
          others.filter(({ name }) => without.includes(name!)),
        ),
        ...(isGuided ? [scalar('guidance', FLOAT)] : []),
      ],
      output: [sample('x_0')],
    }
  }

  /** A turn of the loop: the network's call, and the values that the next turn starts from. */
  #turn(inputs: readonly Input[], parts: readonly string[], callsToKeep: number): string[] {
    const { plan, state, time, without } = this.#request
    const { stages, limit } = plan
    const isGuided = without.length > 0
    const at = (of: (stage: Stage) => number) =>
      this.#op('Gather', [this.#floats(stages.map(of), [stages.length]), 'loop.i'], { axis: 0 })
    const input = (name: string) => inputs.find((each) => each.name === name)!.type!.tensorType!
    const scaled = this.#op('Mul', ['loop.x', at(({ scale }) => scale)])
    const states = isGuided ? this.#op('Concat', [scaled, scaled], { axis: 0 }) : scaled
    this.#op('Cast', [states], { to: input(state).elemType! }, state)
    const timeInput = this.#op('Cast', [at((stage) => stage.time)], { to: input(time).elemType! })
    this.#op('Expand', [timeInput, this.#timeShape(state, input(time).shape?.dim ?? [])], {}, time)
    this.#nodes.push(...(this.#network.node ?? []))
    const raw = this.#op('Cast', [this.#network.output![0]!.name!], { to: FLOAT })
    const output = isGuided ? this.#guided(raw) : raw
    const sample =
      limit &&
      this.#limited(
        this.#sum([
          ['loop.x', at((stage) => stage.sample.x_t)],
          [output, at((stage) => stage.sample.output)],
        ]),
      )
    const calls = Array.from({ length: callsToKeep }, (_, k) =>
      k === 0
        ? ['loop.x', output, sample!].slice(0, parts.length)
        : parts.map((part) => `earlier.${part}.${k - 1}`),
    )
    const shares = ['x_t', 'output', 'x_0'] as const
    const terms = calls.flatMap((values, k) =>
      values.map((value, p): [string, string] => [value, at(({ calls }) => calls[k]?.[shares[p]!] ?? 0)]),
    )
    if (plan.isStochastic) {
      const steps = this.#wholes(stages.map(({ step }) => step))
      const noise = this.#op('Gather', ['noise', this.#op('Gather', [steps, 'loop.i'], { axis: 0 })], {
        axis: 0,
      })
      terms.push([noise, at((stage) => stage.noise)])
    }
    return [this.#sum(terms), ...calls.slice(0, -1).flat()]
  }

  /** The shape of the time: a time for each row, or one for all. */
  #timeShape(state: string, axes: readonly types.TensorShapeProto.IDimension[]): string {
    if (axes.length === 0) return this.#wholes([], [0])
    if (Number(axes[0]!.dimValue ?? 0) === 1) return this.#wholes(axes.map(() => 1))
    const rows = this.#op('Slice', [this.#op('Shape', [state]), this.#wholes([0]), this.#wholes([1])])
    if (axes.length === 1) return rows
    return this.#op('Concat', [rows, this.#wholes(axes.slice(1).map(() => 1))], { axis: 0 })
  }

  /** u + guidance (c - u) of a doubled batch. */
  #guided(both: string): string {
    const rows = this.#op('Slice', [this.#op('Shape', ['loop.x']), this.#wholes([0]), this.#wholes([1])])
    const end = this.#wholes([Number.MAX_SAFE_INTEGER])
    const u = this.#op('Slice', [both, this.#wholes([0]), rows, this.#wholes([0])])
    const c = this.#op('Slice', [both, rows, end, this.#wholes([0])])
    return this.#op('Add', [u, this.#op('Mul', ['guidance', this.#op('Sub', [c, u])])])
  }

  #limited(x_0: string): string {
    const { plan, shape } = this.#request
    const limit = plan.limit!
    const number = (value: number) => this.#floats([value], [])
    if (limit.kind === 'clip') return this.#op('Clip', [x_0, number(-limit.range), number(limit.range)])
    // the quantile lies between the two smallest of a row's largest values
    const dim = shape.reduce((product, size) => product * size, 1)
    const place = limit.ratio * (dim - 1)
    const low = Math.floor(place)
    const flat = this.#op('Reshape', [this.#op('Abs', [x_0]), this.#wholes([0, dim])])
    const largest = this.#op(
      'TopK',
      [flat, this.#wholes([dim - low])],
      { axis: 1 },
      this.#name(),
      this.#name(),
    )
    const value = (k: number) => this.#op('Gather', [largest, this.#wholes([k])], { axis: 1 })
    const least = value(dim - low - 1)
    const quantile =
      dim - low < 2
        ? least
        : this.#op('Add', [
            least,
            this.#op('Mul', [number(place - low), this.#op('Sub', [value(dim - low - 2), least])]),
          ])
    const range = this.#op('Reshape', [
      this.#op('Clip', [quantile, number(1), number(limit.most)]),
      this.#wholes([-1, ...shape.map(() => 1)]),
    ])
    const cut = this.#op('Max', [this.#op('Min', [x_0, range]), this.#op('Neg', [range])])
    return this.#op('Div', [cut, range])
  }

  #sum(terms: readonly (readonly [string, string])[]): string {
    const products = terms.map(([value, coefficient]) => this.#op('Mul', [value, coefficient]))
    return products.reduce((sum, term) => this.#op('Add', [sum, term]))
  }

  /** An output of a graph must be made in it. */
  #last(value: string): string {
    return this.#op('Identity', [value])
  }

  #op(
    opType: string,
    input: string[],
    attributes: Readonly<Record<string, number>> = {},
    ...outputs: string[]
  ): string {
    const output = outputs.length > 0 ? outputs : [this.#name()]
    const attribute = Object.entries(attributes).map(([name, i]) => ({
      name,
      type: AttributeProto.AttributeType.INT,
      i,
    }))
    this.#nodes.push({ name: `loop.node.${this.#count++}`, opType, input, output, attribute })
    return output[0]!
  }

  #name(): string {
    return `loop.value.${this.#count++}`
  }

  #floats(values: readonly number[], dims: readonly number[]): string {
    return this.#add(FLOAT, dims, new Uint8Array(Float32Array.from(values).buffer))
  }

  #wholes(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#add(INT64, dims, new Uint8Array(BigInt64Array.from(values, BigInt).buffer))
  }

  #add(dataType: number, dims: readonly number[], bytes: ArrayLike<number>): string {
    const name = this.#name()
    this.#constants.push({ name, dataType, dims: [...dims], rawData: Uint8Array.from(bytes) })
    return name
  }
}
