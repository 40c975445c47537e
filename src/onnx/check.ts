import { irVersion, opset } from './graph-builder.ts'
import { type Attributes, type OpDefinition, ops, type Shape } from './ops.ts'
import { AttributeProto, type IModel, type INode, type IValueInfo, TensorProto } from './proto.ts'

/**
 * Holds a model against the rules that every export must meet: versions, unique names, topological
 * order, each op's arity and attributes, float32 throughout, the shapes that inference gives, and a
 * value_info for every tensor. Errors: the first rule broken, naming the node or value.
 */
export function checkModel(model: IModel): void {
  const graph = model.graph
  if (!graph) throw new Error('the model has no graph')
  if (Number(model.irVersion) !== irVersion)
    throw new Error(`IR version ${model.irVersion}, not ${irVersion}`)
  const imports = model.opsetImport ?? []
  if (imports.length !== 1 || imports[0]!.domain || Number(imports[0]!.version) !== opset)
    throw new Error(`the opset is not ONNX's ${opset} alone`)

  const shapes = new Map<string, Shape>()
  const define = (name: string, shape: Shape) => {
    if (!name) throw new Error('a value has no name')
    if (shapes.has(name)) throw new Error(`two values are named ${name}`)
    shapes.set(name, shape)
  }
  for (const input of graph.input ?? []) define(input.name ?? '', declaredShape(input))
  for (const { name, dims, dataType, rawData } of graph.initializer ?? []) {
    const shape = (dims ?? []).map(Number)
    if (dataType !== TensorProto.DataType.FLOAT) throw new Error(`initializer ${name} is not float32`)
    if (rawData?.length !== 4 * shape.reduce((product, size) => product * size, 1))
      throw new Error(`initializer ${name} has ${rawData?.length} bytes for the shape [${shape}]`)
    define(name ?? '', shape)
  }

  const nodeNames = new Set<string>()
  const computed = new Set<string>()
  for (const node of graph.node ?? []) {
    if (!node.name || nodeNames.has(node.name))
      throw new Error(`a node's name, ${node.name}, is missing or taken`)
    nodeNames.add(node.name)
    for (const [i, shape] of inferNode(node, shapes).entries()) {
      define(node.output![i]!, shape)
      computed.add(node.output![i]!)
    }
  }

  const declared = new Set<string>()
  for (const info of [...(graph.valueInfo ?? []), ...(graph.output ?? [])]) {
    const name = info.name ?? ''
    if (!computed.has(name)) throw new Error(`${name} is declared, but no node computes it`)
    if (declared.has(name)) throw new Error(`${name} is declared twice`)
    declared.add(name)
    if (declaredShape(info).join() !== shapes.get(name)!.join())
      throw new Error(`${name} is declared [${declaredShape(info)}], inference gives [${shapes.get(name)}]`)
  }
  for (const name of computed) if (!declared.has(name)) throw new Error(`${name} has no value_info`)
  if (!graph.output?.length) throw new Error('the graph has no output')
}

function inferNode(node: INode, shapes: ReadonlyMap<string, Shape>): readonly Shape[] {
  const type = node.opType ?? ''
  const definition = (ops as Record<string, OpDefinition>)[type]
  if (!definition || node.domain) throw new Error(`node ${node.name}: ${type} is not an op in use`)
  const inputs = (node.input ?? []).map((name) => {
    const shape = shapes.get(name)
    if (!shape) throw new Error(`node ${node.name}: its input ${name} is not computed before it`)
    return shape
  })
  const [least, most] =
    typeof definition.inputs === 'number' ? [definition.inputs, definition.inputs] : definition.inputs
  if (inputs.length < least || inputs.length > most)
    throw new Error(`node ${node.name}: ${inputs.length} inputs`)
  const outputs = node.output?.length ?? 0
  if (outputs === 0 || (definition.outputs !== 'any' && outputs !== definition.outputs))
    throw new Error(`node ${node.name}: ${outputs} outputs`)
  try {
    return definition.infer(inputs, attributesOf(node, definition), outputs)
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

function declaredShape({ name, type }: IValueInfo): Shape {
  if (type?.tensorType?.elemType !== TensorProto.DataType.FLOAT) throw new Error(`${name} is not float32`)
  return (type.tensorType.shape?.dim ?? []).map((dim) => dim.dimParam || Number(dim.dimValue))
}
