import type { IModel, IValueInfo } from './proto.ts'

/**
 * The model with tensors inside its graph as outputs too, so that a runtime hands them out; all of them without
 * `names`. The names of the outputs stay as they are. Its bytes are no model of moonstep any more (the card
 * knows nothing of these outputs): they go to a runtime, and nowhere else. The model given isn't changed.
 * A runtime can't fuse a node into the next where its output is asked for: less is fused than without.
 */
export function exposeTensors(model: IModel, names?: ReadonlySet<string>): IModel {
  const graph = model.graph!
  const isExposed = ({ name }: IValueInfo) => names === undefined || names.has(name!)
  const inner = graph.valueInfo ?? []
  return {
    ...model,
    graph: {
      ...graph,
      // a runtime that fills its outputs in order has the graph's own first
      output: [...(graph.output ?? []), ...inner.filter(isExposed)],
      valueInfo: inner.filter((info) => !isExposed(info)),
    },
  }
}
