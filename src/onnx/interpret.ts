import { elementCount } from '../model/weights.ts'
import { type Constant, type Graph, type Node, numbersOf } from './graph.ts'
import { type Numbers, ops } from './ops.ts'

/** A float64 tensor in row-major order. Indices are stored as numbers too. */
export interface Float64Tensor {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

/** Runs a graph in float64, node by node: the reference for comparing runtimes tensor by tensor, without fusion. */
export function interpretGraph(graph: Graph, inputs: Readonly<Record<string, Float64Tensor>>) {
  const values = new Map<string, Float64Tensor>()
  for (const [name, constant] of graph.constants) values.set(name, tensorOf(constant))
  for (const { name } of graph.inputs) {
    if (!inputs[name]) throw new Error(`the graph's input ${name} is missing`)
    values.set(name, inputs[name])
  }
  for (const node of graph.nodes)
    for (const name of node.outputs) values.set(name, interpretNode(node, values))
  return values
}

/** Computes one node from the values by name. Throws for an unknown op or a missing value. */
export function interpretNode(
  { name, op, inputs, attributes }: Node,
  values: ReadonlyMap<string, Float64Tensor>,
): Float64Tensor {
  if (!isOp(op)) throw new Error(`node ${name}: ${op} is not an op in use`)
  const inputValues = inputs.map((input) => {
    const value = values.get(input)
    if (!value) throw new Error(`node ${name}: its input ${input} is not computed before it`)
    return value
  })
  return run[op](inputValues, { ...ops[op].attributes, ...(attributes as Numbers) })
}

export function isOp(op: string): op is keyof typeof ops {
  // uses hasOwn because an op may be named `constructor`
  return Object.hasOwn(ops, op)
}

export function tensorOf(constant: Constant): Float64Tensor {
  return { shape: constant.shape, data: Float64Array.from(numbersOf(constant)) }
}

type Run = (inputs: readonly Float64Tensor[], attributes: Numbers) => Float64Tensor

const each =
  (f: (x: number, attributes: Numbers) => number): Run =>
  ([x], attributes) => ({ shape: x!.shape, data: x!.data.map((value) => f(value, attributes)) })

const broadcasting =
  (f: (a: number, b: number) => number): Run =>
  ([a, b]) => {
    const shape = ops.Add.infer([a!.shape, b!.shape], {}) as number[]
    const data = new Float64Array(elementCount(shape))
    const [left, right] = [placesIn(a!.shape, shape), placesIn(b!.shape, shape)]
    for (let k = 0; k < data.length; k++) data[k] = f(a!.data[left(k)]!, b!.data[right(k)]!)
    return { shape, data }
  }

/** Each op as defined in ONNX opset 17: https://onnx.ai/onnx/operators/ */
const run: Record<keyof typeof ops, Run> = {
  Abs: each(Math.abs),
  Relu: each((x) => Math.max(x, 0)),
  LeakyRelu: each((x, { alpha = 0.01 }) => (x < 0 ? alpha * x : x)),
  Add: broadcasting((a, b) => a + b),
  Sub: broadcasting((a, b) => a - b),
  Mul: broadcasting((a, b) => a * b),
  Div: broadcasting((a, b) => a / b),
  Exp: each(Math.exp),
  Sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  Floor: each(Math.floor),
  Cast: each(Math.trunc),
  Clip: ([x, low, high]) => ({
    shape: x!.shape,
    data: x!.data.map((value) => Math.min(Math.max(value, low!.data[0]!), high!.data[0]!)),
  }),
  Flatten: ([x], attributes) => ({
    shape: ops.Flatten.infer([x!.shape], attributes) as number[],
    data: x!.data,
  }),
  Gemm([a, b, c], { alpha = 1, beta = 1, transA, transB }) {
    const [m, inner] = transA ? [a!.shape[1]!, a!.shape[0]!] : [a!.shape[0]!, a!.shape[1]!]
    const n = transB ? b!.shape[0]! : b!.shape[1]!
    const [aRow, aColumn] = transA ? [1, m] : [inner, 1]
    const [bRow, bColumn] = transB ? [1, inner] : [n, 1]
    const shape = [m, n]
    const data = new Float64Array(m * n)
    const place = c && placesIn(c.shape, shape)
    for (let i = 0, o = 0; i < m; i++)
      for (let j = 0; j < n; j++, o++) {
        let sum = 0
        for (let k = 0; k < inner; k++)
          sum += a!.data[i * aRow + k * aColumn]! * b!.data[k * bRow + j * bColumn]!
        data[o] = alpha * sum + (place ? beta * c.data[place(o)]! : 0)
      }
    return { shape, data }
  },
  Concat(inputs, { axis = -1 }) {
    const shapes = inputs.map((input) => input.shape)
    const shape = ops.Concat.infer(shapes, { axis }) as number[]
    const data = new Float64Array(elementCount(shape))
    const blocks = elementCount(shape.slice(0, axis))
    let at = 0
    for (let block = 0; block < blocks; block++)
      for (const input of inputs) {
        const size = input.data.length / blocks
        data.set(input.data.subarray(block * size, (block + 1) * size), at)
        at += size
      }
    return { shape, data }
  },
  Gather([source, indices], { axis = 0 }) {
    const [before, along] = [source!.shape.slice(0, axis), source!.shape[axis]!]
    const size = elementCount(source!.shape.slice(axis + 1))
    const shape = ops.Gather.infer([source!.shape, indices!.shape], { axis }) as number[]
    const data = new Float64Array(elementCount(shape))
    let at = 0
    for (let block = 0; block < elementCount(before); block++)
      for (const index of indices!.data) {
        // a negative index counts from the end
        const row = block * along + (index < 0 ? index + along : index)
        data.set(source!.data.subarray(row * size, (row + 1) * size), at)
        at += size
      }
    return { shape, data }
  },
}

/** Maps element k of a tensor of shape `to` to its source in a tensor of shape `from`, which is broadcast. */
function placesIn(from: readonly number[], to: readonly number[]): (k: number) => number {
  const lead = to.length - from.length
  let stride = 1
  const strides = new Array<number>(to.length).fill(0)
  for (let d = from.length - 1; d >= 0; d--) {
    strides[d + lead] = from[d] === 1 ? 0 : stride
    stride *= from[d]!
  }
  return (k) => {
    let [rest, place] = [k, 0]
    for (let d = to.length - 1; d >= 0; d--) {
      place += (rest % to[d]!) * strides[d]!
      rest = Math.floor(rest / to[d]!)
    }
    return place
  }
}
