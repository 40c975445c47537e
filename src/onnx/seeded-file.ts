import { InputError } from '../core/errors.ts'
import type { Graph } from './graph.ts'

/** Throws if a file is a seeded.onnx, which is only for engines without Moonstep. */
export function refuseSeeded({ inputs }: Graph, file: string): void {
  if (inputs.some(({ name, dtype }) => name === 'seed' && dtype === 'int64'))
    throw new InputError(
      `${file} is a seeded.onnx, for engines on a CPU, as no GPU runs it: give the model.onnx or sampler.onnx of its run`,
      'bad-model',
    )
}
