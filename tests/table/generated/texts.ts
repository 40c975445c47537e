import { streams, uniforms } from '../../../src/numerics/random.ts'
import { columnDraws } from '../../../src/table/generated/draws.ts'
import type { Form } from '../../../src/table/generated/form.ts'
import { TextSummary } from '../../../src/table/generated/text-summary.ts'
import { textsOfForm } from '../../../src/table/generated/texts-of-form.ts'
import { hashOf } from '../../../src/table/inference/cells.ts'

export const digits = '0123456789'
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const lower = upper.toLowerCase()
export const hex = '0123456789abcdef'

/** Texts by chance, the same in each run. */
export interface Chance {
  /** A whole number below another. */
  below(most: number): number
  /** So many characters of a set. */
  of(set: string, count: number): string
  /** One of several. */
  one<T>(all: readonly T[]): T
}

export function chance(seed = 0): Chance {
  let drawn: Float64Array = new Float64Array(0)
  let [next, step] = [0, 0]
  const uniform = () => {
    if (next === drawn.length) {
      const request = { seed, stream: streams.datasets, step: 5000 + step++, start: 0, count: 4096, dim: 1 }
      drawn = uniforms(request)
      next = 0
    }
    return drawn[next++]!
  }
  const below = (most: number) => Math.floor(uniform() * most)
  return {
    below,
    of: (set, count) => Array.from({ length: count }, () => set[below(set.length)]).join(''),
    one: (all) => all[below(all.length)]!,
  }
}

export const padded = (number: number, width: number) => String(number).padStart(width, '0')

/** How texts like these are made, in a column of this name. */
export function makerOf(texts: readonly string[], name = 'code') {
  const summary = new TextSummary()
  for (const text of texts) summary.add(text)
  return summary.maker(name, { rows: texts.length, cells: texts.length, hashes: texts.map(hashOf) })
}

/** The first texts of a form. */
export function textsOf(form: Form, count: number, { seed = 1, name = 'code' } = {}): string[] {
  const textOf = textsOfForm(form, columnDraws(seed, name), name)
  return Array.from({ length: count }, (_, index) => textOf(index))
}
