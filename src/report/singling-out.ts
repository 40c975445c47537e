import { percent } from '../core/format.ts'
import { pause, type Work } from '../core/work.ts'
import { type Share, shareOf, tailOfHeads, wilson } from './chance.ts'
import type { DrawnSets } from './neighbourhoods.ts'
import { distinctRows, matchesOf, type Predicate, rareCombinations, rareValues } from './predicates.ts'
import type { RealAndSamples, Rows } from './real-and-samples.ts'

/** How often predicates that describe one sample describe exactly one real row. */
export interface SinglingOut {
  /** How many predicates were tried. */
  readonly predicates: number
  /** Those that describe exactly one training row. */
  readonly attack: Share
  /**
   * Those that describe exactly one held-out row, of as many: what the same knowledge gives without the training rows.
   */
  readonly control: Share
  /** (attack - control) / (1 - control), as anonymeter has it; null without a predicate. */
  readonly risk: { readonly value: number; readonly low: number; readonly high: number } | null
  /** The different rows that are described so. */
  readonly rows: { readonly train: number; readonly against: number }
  /** How often chance gives the training rows as many of these, or more (a sign test). */
  readonly p: number
  /** Whether that is too seldom to be chance. */
  readonly told: boolean
  readonly sentence: string
}

export interface SinglingOutRisks {
  /** By values that a single sample has. */
  readonly values: SinglingOut
  /** By combinations of columns that a single sample has. */
  readonly combinations: SinglingOut
}

/**
 * Singling out, after Giomi et al., "A unified framework for quantifying privacy risk in synthetic data" (2023): what
 * is rare among samples is guessed to be one person among the training rows. `alpha` is the probability with which each
 * of the two tests may err. Throws the signal's reason.
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

/** The rows that a predicate describes alone, one for each predicate that does. */
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
 * The risk beyond the control's, by the middles of Wilson's intervals, whose errors add up in squares; within [0, 1].
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
