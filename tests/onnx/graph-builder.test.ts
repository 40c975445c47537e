import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/onnx/build/graph-builder.ts'

describe('GraphBuilder', () => {
  it('names nodes by scope and op, with a number if a name is taken', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', ['batch', 2])
    const y = graph.scope('outer', () => graph.scope('inner', () => graph.op('Abs', [graph.op('Abs', [x])])))
    expect(y.name).toBe('outer/inner/Abs_1')
  })

  it('infers the shapes of values', () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', ['batch', 2])
    const index = graph.constant('index', [], [1], 'int32')
    expect(graph.op('Gather', [graph.input('noise', [3, 'batch', 2]), index], { axis: 0 }).shape).toEqual([
      'batch',
      2,
    ])
    expect(graph.op('Add', [x, graph.constant('zero', [1, 1, 1], [0])]).shape).toEqual([1, 'batch', 2])
  })

  it.each<[string, (graph: GraphBuilder) => void, RegExp]>([
    ['two values of one name', (g) => void [g.input('x', [1]), g.input('x', [1])], /two values named x/],
    ['too few numbers', (g) => void g.constant('w', [2, 2], [1]), /1 numbers for the shape \[2,2\]/],
    ['an input as an output', (g) => g.output('y', g.input('x', [1])), /no node's output/],
    ['other shapes', (g) => void g.op('Add', [g.input('a', [2]), g.input('b', [3])]), /broadcast/],
  ])('refuses %s', (_, build, message) => {
    expect(() => build(new GraphBuilder())).toThrow(message)
  })
})
