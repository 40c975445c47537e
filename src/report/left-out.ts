import type { LeftOut } from '../table/inference/decision.ts'

/** Columns that the model has not learned, as they stand on its card. */
export type LeftOutColumns = readonly Pick<LeftOut, 'name' | 'reason'>[]

export function leftOutSentence(leftOut: LeftOutColumns): string {
  const listed = leftOut.map(({ name, reason }) => `${name} (${reason})`)
  return `These columns of the data were left out of training: ${listed.join('; ')}.`
}
