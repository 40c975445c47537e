import type { HelperStart, StepTensor } from './session.ts'

/** The words that both sides watch: whether the helper is there, how often it was asked, how often it has answered. */
export const [there, asked, answered] = [0, 1, 2]
const controlBytes = 64

/** Looks at a word before a thread goes to sleep, which costs more than what a step has to wait for: some 0.3 ms. */
const looks = 100_000

/** The longest that a thread sleeps before it hears of the other's end, in milliseconds. */
export const longestSleep = 20

export type Memory = Omit<HelperStart, 'bytes'>

/** Memory for a helper's part of a step. */
export function helperMemory({ parameters, dim, rows }: HelperStart['sizes']): SharedArrayBuffer {
  return new SharedArrayBuffer(controlBytes + 4 * (1 + parameters + rows * (2 * dim + 2)))
}

/** The parts of that memory, in its order, and the parameters. */
export function viewsOf({ memory, parameters: shared, sizes: { parameters, dim, rows } }: Memory) {
  let at = controlBytes
  const take = (...dims: [number, number]): StepTensor => {
    const data = new Float32Array(memory, at, dims[0] * dims[1])
    at += data.byteLength
    return { data, dims }
  }
  return {
    control: new Int32Array(memory, 0, controlBytes / 4),
    loss: take(1, 1),
    gradient: take(1, parameters),
    feeds: {
      parameters: { data: new Float32Array(shared), dims: [1, parameters] },
      x_t: take(dim, rows),
      target: take(dim, rows),
      t: take(1, rows),
      weights: take(1, rows),
    },
  }
}

/**
 * Waits until a word is no longer `value`; after `milliseconds` of sleep at most, if given. Whether it is: a sleeper is
 * also woken by the news of a change that it has seen already.
 */
export function changes(control: Int32Array, word: number, value: number, milliseconds?: number): boolean {
  const changed = () => Atomics.load(control, word) !== value
  for (let i = 0; i < looks; i++) if (changed()) return true
  Atomics.wait(control, word, value, milliseconds)
  return changed()
}
