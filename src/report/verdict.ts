import type { Detection } from '../measure/detection.ts'
import { decimals } from '../measure/privacy/chance.ts'
import { neededRows, type PrivacyReport } from '../measure/privacy/privacy.ts'

/** Maximum areas under the ROC curve that a script accepts. */
export interface Limits {
  /** Maximum AUC of trees that distinguish samples from real rows. */
  readonly maxDetection?: number | undefined
  /** Maximum AUC of the worst attack on membership. */
  readonly maxMembership?: number | undefined
}

/** The result for a limit. */
export interface LimitResult {
  readonly of: 'detection' | 'membership'
  readonly max: number
  readonly auc: number | null
  /** Null if there are too few rows to tell. */
  readonly isKept: boolean | null
  readonly sentence: string
}

/** The verdict on quality and privacy in a line or two, never better than the evidence. */
export function verdictOf(detection: Detection, { sentences, membership, attacks }: PrivacyReport): string {
  const { auc, null: chance, rows } = detection
  const numbers = `AUC ${decimals(auc)}, of real rows from others ${decimals(chance)}`
  const few = rows < neededRows ? ` Only ${rows} rows of either were compared.` : ''
  const { attack } = membership
  const { auc: worst, adjusted } = attacks.find(({ name }) => name === attack)!
  return (
    `Trees ${detectionWords(auc, chance)} tell samples from real rows (${numbers}).${few} ${sentences[0]} ` +
    `The attack on membership that told most, ${attack}, has an AUC of ${decimals(worst)}, ${decimals(adjusted.low)} to ${decimals(adjusted.high)} with all attacks allowed for; guessing has .50.`
  )
}

/** How often, in a word, compared with chance. */
function detectionWords(auc: number, chance: number): string {
  if (auc <= Math.max(0.5, chance) + 0.02) return 'do not'
  if (auc <= 0.6) return 'hardly'
  if (auc <= 0.75) return 'sometimes'
  return auc <= 0.9 ? 'mostly' : 'nearly always'
}

/** Compares the measures with the limits; with too few rows to tell, a limit is not kept. */
export function compareLimits(
  { maxDetection, maxMembership }: Limits,
  detection: Detection,
  { attacks, membership, enough }: PrivacyReport,
): LimitResult[] {
  const results: LimitResult[] = []
  if (maxDetection !== undefined) {
    const { auc, rows } = detection
    const numbers = `detection has an AUC of ${decimals(auc)}`
    const few = rows < neededRows && `${rows} rows are too few to tell: give ${neededRows} or more of each`
    results.push({
      of: 'detection',
      max: maxDetection,
      auc,
      ...limited(numbers, auc, auc, maxDetection, few),
    })
  }
  if (maxMembership !== undefined) {
    const { attack, auc, low, high } = membership
    // samples that avoid members reveal them too
    const isTold = attacks.find(({ name }) => name === attack)!.told === true
    const turned = isTold && auc !== null && auc < 0.5
    const [value, highest] = turned ? [1 - auc, 1 - low!] : [auc, high]
    const numbers = `the ${attack} attack has an AUC of ${decimals(auc)}, ${decimals(low)} to ${decimals(high)}`
    const few = !enough.isEnough && enough.sentence
    results.push({
      of: 'membership',
      max: maxMembership,
      auc,
      ...limited(numbers, value, highest, maxMembership, few),
    })
  }
  return results
}

/** A limit is kept if the interval's end `highest` is also at most `max`. */
function limited(
  numbers: string,
  value: number | null,
  highest: number | null,
  max: number,
  few: string | false,
): Pick<LimitResult, 'isKept' | 'sentence'> {
  if (value !== null && value > max) return { isKept: false, sentence: `${numbers}: more than ${max}` }
  if (few) return { isKept: null, sentence: `${numbers}: ${few}` }
  if (highest === null) return { isKept: null, sentence: `${numbers}: it could not be scored` }
  if (highest > max)
    return { isKept: null, sentence: `${numbers}: more rows are needed to tell whether it is ${max} or less` }
  return { isKept: true, sentence: `${numbers}: within ${max}` }
}
