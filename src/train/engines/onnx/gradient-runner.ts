import type { HelperStart, RowFeeds, StepSession, StepTensor } from './session.ts'

/**
 * Runs a gradient graph for a share of a batch: returns its part of the loss, and writes its part of the gradient to
 * `gradient`. Parameters and gradient are shared memory, which runtimes don't accept, so they are copied.
 */
export function gradientRunner(
  session: StepSession,
  { parameters, shapes }: Pick<HelperStart, 'parameters' | 'shapes'>,
): (rows: RowFeeds, gradient: Float32Array) => Promise<number> {
  const own = new Float32Array(parameters.length)
  const feeds = matricesOf(own, shapes, 'parameters')
  const into = matricesOf(new Float32Array(parameters.length), shapes, 'gradient')
  const names = Object.keys(into)
  return async (rows, gradient) => {
    own.set(parameters)
    const results = await session.run({ ...rows, ...feeds }, ['loss', ...names], into)
    let at = 0
    for (const name of names) {
      const part = results[name]!
      gradient.set(part, at)
      at += part.length
    }
    return results.loss![0]!
  }
}

/**
 * Views flat parameters, or a gradient, as matrices keyed by the names of the graph's inputs or outputs. A bias is a
 * column [out, 1] in the parameters and a row [1, out] in the gradient.
 */
function matricesOf(
  flat: Float32Array,
  shapes: HelperStart['shapes'],
  of: 'parameters' | 'gradient',
): Record<string, StepTensor> {
  let at = 0
  const tensors = shapes.map(([name, [rows = 0, columns]]): [string, StepTensor] => {
    const data = flat.subarray(at, at + rows * (columns ?? 1))
    at += data.length
    if (of === 'parameters') return [name, { data, dims: [rows, columns ?? 1] }]
    return [`gradient/${name}`, { data, dims: columns === undefined ? [1, rows] : [rows, columns] }]
  })
  return Object.fromEntries(tensors)
}
