import { processOf } from '../diffusion/process.ts'
import type { ModelCard } from '../model/card.ts'
import { linearLayers, weightShapes } from '../model/network.ts'
import { elementCount } from '../model/weights.ts'
import type { TensorType } from './ops.ts'
import type { IGraph } from './proto.ts'

/**
 * Holds a card against the graph that it describes, so that nothing which takes its word (the self-test,
 * sampling) meets another graph. Errors: the first thing that differs.
 */
export function checkCard(card: ModelCard, graph: IGraph, values: ReadonlyMap<string, TensorType>): void {
  const { dim, T, sampler } = card
  const state = ['batch', dim]
  const initializers = new Map((graph.initializer ?? []).map(({ name }) => [name!, values.get(name!)!.shape]))
  const requireShape = (name: string, shape: readonly number[]) => {
    const found = initializers.get(name)
    if (found?.join() !== shape.join())
      throw new Error(
        `the card's network needs ${name} [${shape}], the graph has ${found ? `[${found}]` : 'none'}`,
      )
  }
  const network = { ...card.network, dim, T }
  const shapes = weightShapes(network)
  checkSteps('recommended.timesteps', card.recommended.timesteps, T)
  if (card.teacher) checkSteps('teacher.timesteps', card.teacher.timesteps, card.teacher.timesteps[0]!)
  checkBetas(card)
  checkCalls(card)
  if (sampler) {
    const steps = sampler.timesteps.length
    checkSteps('sampler.timesteps', sampler.timesteps, T)
    const rows = processOf(card).isStochastic ? steps : 0
    checkGoldenSample(card, rows)
    const noise = rows > 0 ? { noise: [rows, 'batch', dim] } : {}
    checkInterface('input', graph.input, values, { x_T: state, ...noise })
    checkInterface(
      'output',
      graph.output,
      values,
      { x_0: state, samples: state },
      { trajectory: [steps + 1, 'batch', dim] },
    )
    // the time encoder and the first layer are folded
    const later = new Set(
      linearLayers(network)
        .slice(1)
        .flatMap(({ name }) => [`${name}.weight`, `${name}.bias`]),
    )
    for (const [name, shape] of shapes) if (later.has(name)) requireShape(name, shape)
  } else {
    checkInterface('input', graph.input, values, { x_t: state, t: ['batch', 1] })
    checkInterface('output', graph.output, values, { [card.predictionType]: state })
    for (const [name, shape] of shapes) requireShape(name, shape)
  }
}

/**
 * Bounds what a run allocates: a graph of ours never holds more numbers a row in a tensor than its file has
 * bytes, nor a tensor of batch x batch, so a small file is not a large computation.
 */
export function checkSizes(values: ReadonlyMap<string, TensorType>, bytes: number): void {
  for (const [name, { shape }] of values) {
    const sizes = shape.filter((size) => typeof size === 'number')
    if (shape.length - sizes.length > 1) throw new Error(`${name} [${shape}] has two free dimensions`)
    if (elementCount(sizes) > bytes) throw new Error(`${name} [${shape}] is larger than the whole file`)
  }
}

type Shapes = Readonly<Record<string, TensorType['shape']>>

function checkInterface(
  what: string,
  infos: IGraph['input'],
  values: ReadonlyMap<string, TensorType>,
  required: Shapes,
  optional: Shapes = {},
): void {
  const found = new Map((infos ?? []).map(({ name }) => [name ?? '', values.get(name ?? '')!.shape]))
  for (const [name, shape] of Object.entries({ ...required, ...optional })) {
    const given = found.get(name)
    if (given ? given.join() !== shape.join() : Object.hasOwn(required, name))
      throw new Error(
        `the card needs the ${what} ${name} [${shape}], the graph has ${given ? `[${given}]` : 'none'}`,
      )
    found.delete(name)
  }
  for (const name of found.keys())
    throw new Error(`the graph has the ${what} ${name}, which the card does not know`)
}

function checkSteps(field: string, timesteps: readonly number[], T: number): void {
  if (!timesteps.every((t, j) => t < (timesteps[j - 1] ?? T + 1)))
    throw new Error(`the card's ${field} do not fall from ${T} at most`)
}

function checkBetas({ T, schedule: { betas } }: ModelCard): void {
  if (betas.length !== T + 1)
    throw new Error(`the card has ${betas.length} betas, not ${T + 1} for t = 0..${T}`)
  const wrong = betas.findIndex((beta, t) => (t === 0 ? beta !== 0 : !(beta > 0 && beta < 1)))
  if (wrong >= 0) throw new Error(`the card's beta_${wrong} is ${betas[wrong]}`)
}

function checkCalls({ golden, dim, T }: ModelCard): void {
  if (golden.length === 0) throw new Error('the card has no golden call')
  for (const { x_t, t, output } of golden)
    if (x_t.length !== dim || output.length !== dim || t > T)
      throw new Error(`a golden call of the card is not of ${dim} columns at t = 1..${T}`)
}

function checkGoldenSample({ goldenSample, dim }: ModelCard, steps: number): void {
  const rows = goldenSample?.x_T.length ?? 0
  const fits = (part: readonly (readonly number[])[]) =>
    part.length === rows && part.every((row) => row.length === dim)
  if (rows === 0 || ![goldenSample!.x_T, goldenSample!.x_0, ...goldenSample!.noise].every(fits))
    throw new Error(`the card has no golden sample of ${dim} columns`)
  if (goldenSample!.noise.length !== steps)
    throw new Error(
      `the card's golden sample has noise for ${goldenSample!.noise.length} steps, not ${steps}`,
    )
}
