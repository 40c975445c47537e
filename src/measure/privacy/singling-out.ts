import { percent } from '../../core/format.ts'
import { pause, type Work } from '../../core/work.ts'
import { type Share, shareOf, tailOfHeads, wilson } from './chance.ts'
import type { DrawnSets } from './neighbourhoods.ts'
import { distinctRows, matchesOf, type Predicate, rareCombinations, rareValues } from './predicates.ts'
import type { RealAndSamples, Rows } from './real-and-samples.ts'

/** How often predicates that match one sample match exactly one real row. */
export interface SinglingOut {
  /** Number of predicates tried. */
  readonly predicates: number
  /** Predicates that match exactly one training row. */
  readonly attack: Share
  /** Predicates that match exactly one of equally many held-out rows: the baseline without the training rows. */
  readonly control: Share
  /** (attack - control) / (1 - control), as in anonymeter; null without predicates. */
  readonly risk: { readonly value: number; readonly low: number; readonly high: number } | null
  /** Number of distinct rows singled out. */
  readonly rows: { readonly train: number; readonly against: number }
  /** p-value: the probability of at least as many training rows among these by chance (a sign test). */
  readonly p: number
  /** Whether `p` is below the test's level. */
  readonly told: boolean
  readonly sentence: string
}

export interface SinglingOutRisks {
  /** By values of a single sample. */
  readonly values: SinglingOut
  /** By combinations of columns of a single sample. */
  readonly combinations: SinglingOut
}

/**
 * Singling out, after Giomi et al., "A unified framework for quantifying privacy risk in synthetic data" (2023):
 * guesses that what is rare among samples is one person among the training rows. `alpha` is the significance level of
 * each of the two tests. Throws the signal's reason.
 */
export async function singleOut(
  columns: RealAndSamples['columns'],
  { members, others, samples }: DrawnSets,
  { alpha, seed, signal }: Work & { readonly alpha: number; readonly seed: number },
): Promise<SinglingOutRisks> {
  const different = distinctRows(samples)
  const judge = async (predicates: readonly Predicate[], what: string): Promise<SinglingOut> => {
    const [train, against] = [
      await singledOut(predicates, members, signal),
      await singledOut(predicates, others, signal),
    ]
    const [a, b] = [new Set(train).size, new Set(against).size]
    const p = tailOfHeads(a, a + b)
    const told = p <= alpha
    const attack = shareOf(train.length, predicates.length)
    const control = shareOf(against.length, predicates.length)
    return {
      predicates: predicates.length,
      attack,
      control,
      risk: riskOf(train.length, against.length, predicates.length),
      rows: { train: a, against: b },
      p,
      told,
      sentence: sentenceOf(what, attack, control, told),
    }
  }
  await pause(signal)
  const values = await judge(rareValues(columns, different, seed), 'values')
  await pause(signal)
  const combinations = await judge(rareCombinations(columns, different, seed), 'combinations of columns')
  return { values, combinations }
}

/** The row that each predicate matches alone, if it does. */
async function singledOut(
  predicates: readonly Predicate[],
  rows: Rows,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const found: number[] = []
  for (const predicate of predicates) {
    await pause(signal)
    const matches = matchesOf(predicate, rows, 1)
    if (matches.length === 1) found.push(matches[0]!)
  }
  return found
}

/**
 * The risk beyond the control's, from the centres of Wilson's intervals, whose squared errors add up; within [0, 1].
 */
export function riskOf(attack: number, control: number, predicates: number): SinglingOut['risk'] {
  if (predicates === 0) return null
  const [a, c] = [wilson(attack, predicates), wilson(control, predicates)]
  const rest = 1 - c.centre
  const value = (a.centre - c.centre) / rest
  const error = Math.sqrt((a.error / rest) ** 2 + (((a.centre - 1) * c.error) / rest ** 2) ** 2)
  const inside = (x: number) => Math.min(Math.max(x, 0), 1)
  return { value: inside(value), low: inside(value - error), high: inside(value + error) }
}

function sentenceOf(what: string, attack: Share, control: Share, told: boolean): string {
  if (attack.of === 0) return `No ${what} of a single sample were found to single anybody out by.`
  const shares =
    `of ${attack.of} ${what} that one sample has, ${percent(attack.share!)} describe one training row, ` +
    `${percent(control.share!)} one held-out row`
  return told
    ? `Rare ${what} single out training rows: ${shares}.`
    : `Rare ${what} single out no more training rows than others: ${shares}.`
}
