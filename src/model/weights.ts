import { InputError } from '../core/errors.ts'

export interface WeightTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Weights by their PyTorch names and in PyTorch's layout ([out, in]: y = x W^T + b). */
export type NamedWeights = ReadonlyMap<string, WeightTensor>

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** The tensor of that name. Errors: it is missing. */
export function weightOf(weights: NamedWeights, name: string): WeightTensor {
  const found = weights.get(name)
  if (!found)
    throw new InputError(`the weights lack ${name}: they hold ${[...weights.keys()].join(', ')}`, 'bad-model')
  return found
}
