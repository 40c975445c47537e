import type { Detection } from '../measure/detection.ts'
import { neededRows } from '../measure/privacy/privacy.ts'
import { adjustedInterval, attackName, type PrivacyReport } from './privacy.ts'
import { decimals } from './words.ts'

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

/** The verdict on quality and privacy in a few sentences, never better than the evidence. */
export function verdictOf(detection: Detection, { sentences, membership, attacks }: PrivacyReport): string {
  const { auc, null: chance, rows } = detection
  const few = rows < neededRows ? ` Only ${rows} rows of each kind were compared.` : ''
  const worst = attacks.find(({ name }) => name === membership.attack)!
  return (
    `Trees ${detectionWords(auc, chance)} distinguish samples from real rows: their AUC is ${decimals(auc)}, ` +
    `and ${decimals(chance)} between real rows and other real rows.${few} ${sentences[0]} ` +
    `The strongest attack on membership (${attackName(worst.name)}) has an AUC of ${decimals(worst.auc)} ` +
    `(${adjustedInterval(worst.adjusted)}); guessing has an AUC of .50.`
  )
}

/** How often, in a word, compared with chance. */
function detectionWords(auc: number, chance: number): string {
  if (auc <= Math.max(0.5, chance) + 0.02) return 'cannot'
  if (auc <= 0.6) return 'can hardly'
  if (auc <= 0.75) return 'can sometimes'
  return auc <= 0.9 ? 'can mostly' : 'can nearly always'
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
    const isSignificant = attacks.find(({ name }) => name === attack)!.told === true
    const turned = isSignificant && auc !== null && auc < 0.5
    const [value, highest] = turned ? [1 - auc, 1 - low!] : [auc, high]
    const numbers = `the ${attack} attack has an AUC of ${decimals(auc)}, ${decimals(low)} to ${decimals(high)}`
    const few = !enough.isEnough && enough.sentence.replace(/\.$/, '')
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
