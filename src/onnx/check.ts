import { dataTypes, irVersion, opset } from './graph-builder.ts'
import { type Attributes, type DType, inferOutput, type OpDefinition, ops, type TensorType } from './ops.ts'
import { AttributeProto, type IModel, type INode, type IValueInfo } from './proto.ts'

/**
 * Holds a model against the rules that every export must meet: versions, unique names, topological
 * order, each op's arity, attributes and types, the shapes that inference gives, and a value_info for every
 * tensor. Errors: the first rule broken, naming the node or value.
 */
export function checkModel(model: IModel): void {
  const graph = model.graph
  if (!graph) throw new Error('the model has no graph')
  if (Number(model.irVersion) !== irVersion)
    throw new Error(`IR version ${model.irVersion}, not ${irVersion}`)
  const imports = model.opsetImport ?? []
  if (imports.length !== 1 || imports[0]!.domain || Number(imports[0]!.version) !== opset)
    throw new Error(`the opset is not ONNX's ${opset} alone`)

  const values = new Map<string, TensorType>()
  const define = (name: string, type: TensorType) => {
    if (!name) throw new Error('a value has no name')
    if (values.has(name)) throw new Error(`two values are named ${name}`)
    values.set(name, type)
  }
  for (const input of graph.input ?? []) define(input.name ?? '', declaredType(input))
  for (const { name, dims, dataType, rawData } of graph.initializer ?? []) {
    const shape = (dims ?? []).map(Number)
    if (rawData?.length !== 4 * shape.reduce((product, size) => product * size, 1))
      throw new Error(`initializer ${name} has ${rawData?.length} bytes for the shape [${shape}]`)
    define(name ?? '', { shape, dtype: dtypeOf(`initializer ${name}`, dataType) })
  }

  const nodeNames = new Set<string>()
  const computed = new Set<string>()
  for (const node of graph.node ?? []) {
    if (!node.name || nodeNames.has(node.name))
      throw new Error(`a node's name, ${node.name}, is missing or taken`)
    nodeNames.add(node.name)
    const type = inferNode(node, values)
    if (node.output?.length !== 1) throw new Error(`node ${node.name}: ${node.output?.length} outputs`)
    define(node.output[0]!, type)
    computed.add(node.output[0]!)
  }

  const declared = new Set<string>()
  for (const info of [...(graph.valueInfo ?? []), ...(graph.output ?? [])]) {
    const name = info.name ?? ''
    if (!computed.has(name)) throw new Error(`${name} is declared, but no node computes it`)
    if (declared.has(name)) throw new Error(`${name} is declared twice`)
    declared.add(name)
    const [given, inferred] = [declaredType(info), values.get(name)!].map(
      ({ dtype, shape }) => `${dtype}[${shape}]`,
    )
    if (given !== inferred) throw new Error(`${name} is declared ${given}, inference gives ${inferred}`)
  }
  for (const name of computed) if (!declared.has(name)) throw new Error(`${name} has no value_info`)
  if (!graph.output?.length) throw new Error('the graph has no output')
}

function inferNode(node: INode, values: ReadonlyMap<string, TensorType>): TensorType {
  const type = node.opType ?? ''
  const definition = (ops as Record<string, OpDefinition>)[type]
  if (!definition || node.domain) throw new Error(`node ${node.name}: ${type} is not an op in use`)
  const inputs = (node.input ?? []).map((name) => {
    const value = values.get(name)
    if (!value) throw new Error(`node ${node.name}: its input ${name} is not computed before it`)
    return value
  })
  try {
    return inferOutput(definition, inputs, attributesOf(node, definition))
  } catch (error) {
    throw new Error(`node ${node.name}: ${(error as Error).message}`)
  }
}

function attributesOf(node: INode, definition: OpDefinition): Attributes {
  const { INT, FLOAT } = AttributeProto.AttributeType
  return Object.fromEntries(
    (node.attribute ?? []).map(({ name, type, i, f }) => {
      const kind = definition.attributes[name ?? '']
      if (!kind || type !== (kind === 'int' ? INT : FLOAT))
        throw new Error(`attribute ${name} is unknown or mistyped`)
      return [name, kind === 'int' ? Number(i) : f]
    }),
  )
}

function declaredType({ name, type }: IValueInfo): TensorType {
  const shape = (type?.tensorType?.shape?.dim ?? []).map((dim) => dim.dimParam || Number(dim.dimValue))
  return { shape, dtype: dtypeOf(name ?? '', type?.tensorType?.elemType) }
}

function dtypeOf(what: string, dataType: number | null | undefined): DType {
  const found = Object.entries(dataTypes).find(([, number]) => number === dataType)
  if (!found) throw new Error(`${what} is of ONNX's type ${dataType}, which is not in use`)
  return found[0] as DType
}
