import { checkFields } from './fields.ts'
import { dataTypes, irVersion, opset } from './graph-builder.ts'
import { type Attributes, type DType, inferOutput, type OpDefinition, ops, type TensorType } from './ops.ts'
import { AttributeProto, type IModel, type INode, type IValueInfo } from './proto.ts'

/**
 * Holds a model against the rules that every export must meet: no field beside those in use, versions, unique
 * names, topological order, each op's arity, attributes and types, the shapes that inference gives, and a
 * value_info for every tensor. Returns the values' types by name. Errors: the first rule broken, naming the
 * node or value.
 */
export function checkModel(model: IModel): ReadonlyMap<string, TensorType> {
  checkFields(model)
  const graph = model.graph
  if (!graph) throw new Error('the model has no graph')
  if (Number(model.irVersion) !== irVersion)
    throw new Error(`IR version ${model.irVersion}, not ${irVersion}`)
  const imports = model.opsetImport ?? []
  if (imports.length !== 1 || imports[0]!.domain || Number(imports[0]!.version) !== opset)
    throw new Error(`the opset is not ONNX's ${opset} alone`)
  if (model.metadataProps?.length !== 1)
    throw new Error(
      `there are ${model.metadataProps?.length ?? 0} metadata entries, not the model card alone`,
    )

  const values = new Map<string, TensorType>()
  const define = (name: string, type: TensorType) => {
    if (!name) throw new Error('a value has no name')
    if (values.has(name)) throw new Error(`two values are named ${name}`)
    values.set(name, type)
  }
  for (const input of graph.input ?? []) define(input.name ?? '', declaredType(input))
  for (const { name, dims, dataType, rawData } of graph.initializer ?? []) {
    const shape = (dims ?? []).map((size) => sizeOf(`initializer ${name}`, size))
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
  return values
}

function inferNode(node: INode, values: ReadonlyMap<string, TensorType>): TensorType {
  const type = node.opType ?? ''
  // hasOwn: an op may be named `constructor`
  const definition = Object.hasOwn(ops, type) ? (ops as Record<string, OpDefinition>)[type] : undefined
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
  const found = new Map<string, number>()
  for (const attribute of node.attribute ?? []) {
    const name = attribute.name ?? ''
    const kind = Object.hasOwn(definition.attributes, name) ? definition.attributes[name] : undefined
    const [own, other] = kind === 'int' ? (['i', 'f'] as const) : (['f', 'i'] as const)
    const mistyped = attribute.type !== (kind === 'int' ? INT : FLOAT)
    if (!kind || mistyped || !Object.hasOwn(attribute, own) || Object.hasOwn(attribute, other))
      throw new Error(`attribute ${name} is unknown or mistyped`)
    const value = Number(attribute[own])
    if (!(kind === 'int' ? Number.isSafeInteger(value) : Number.isFinite(value)))
      throw new Error(`attribute ${name} is ${value}`)
    if (found.has(name)) throw new Error(`attribute ${name} is there twice`)
    found.set(name, value)
  }
  return Object.fromEntries(found)
}

function declaredType({ name, type }: IValueInfo): TensorType {
  const dims = type?.tensorType?.shape?.dim
  if (!dims) throw new Error(`${name} has no shape`)
  const shape = dims.map((dim) => {
    // a runtime takes whichever comes last in the file
    if (Object.hasOwn(dim, 'dimParam') === Object.hasOwn(dim, 'dimValue'))
      throw new Error(`a dimension of ${name} has not one size`)
    return dim.dimParam || sizeOf(name ?? '', dim.dimValue)
  })
  return { shape, dtype: dtypeOf(name ?? '', type?.tensorType?.elemType) }
}

function sizeOf(what: string, value: unknown): number {
  const size = Number(value)
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new Error(`${what} has a dimension of size ${size}`)
}

function dtypeOf(what: string, dataType: number | null | undefined): DType {
  const found = Object.entries(dataTypes).find(([, number]) => number === dataType)
  if (!found) throw new Error(`${what} is of ONNX's type ${dataType}, which is not in use`)
  return found[0] as DType
}
