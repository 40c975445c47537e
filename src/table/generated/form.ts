/** The form of a column's texts, such as telephone numbers, plates and UUIDs: ways to build a text, part by part. */
import * as v from 'valibot'
import { type Avoided, avoidedSchema } from './avoid.ts'
import type { Part } from './part.ts'

/** How texts of a column are built. */
export interface Form {
  readonly by: 'form'
  /** Ways to build a text, each with its share of 256 texts. */
  readonly alternatives: readonly { readonly share: number; readonly parts: readonly Part[] }[]
  /** Whether no two texts are equal. */
  readonly isUnique: boolean
  /** Whether the user states it, so that it is not of the rows. */
  readonly isStated?: boolean | undefined
  /** What check digits to put in. */
  readonly check?: 'iban' | undefined
  readonly avoided?: Avoided | undefined
}

/** Texts in which the alternatives have their shares. */
export const textsOfRound = 256

/** Ways to build texts with the shares of their counts: whole parts of 256, by the largest remainders; without ways that have none. */
export function alternativesOf(
  ways: readonly { readonly count: number; readonly parts: readonly Part[] }[],
): Form['alternatives'] {
  const total = ways.reduce((sum, { count }) => sum + count, 0)
  const exact = ways.map(({ count }) => (count / total) * textsOfRound)
  const whole = exact.map(Math.floor)
  const missing = textsOfRound - whole.reduce((sum, share) => sum + share, 0)
  const byRemainder = [...exact.keys()].toSorted((a, b) => (exact[b]! % 1) - (exact[a]! % 1))
  for (const k of byRemainder.slice(0, missing)) whole[k]!++
  return ways.map(({ parts }, k) => ({ share: whole[k]!, parts })).filter(({ share }) => share > 0)
}

/** A part has at most so many characters that differ. */
const longestPart = 100_000

const length = v.pipe(v.number(), v.safeInteger(), v.maxValue(longestPart))
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const texts = v.pipe(v.array(v.string()), v.readonly())

const alternatives = v.pipe(
  v.array(
    v.object({
      share: whole,
      parts: v.pipe(
        v.array(
          v.union([
            v.strictObject({ text: v.string() }),
            v.pipe(
              v.strictObject({
                choices: texts,
                weights: v.pipe(v.array(whole), v.readonly()),
                yearOf: v.optional(v.string()),
              }),
              v.check(
                ({ choices, weights }) => choices.length > 0 && choices.length === weights.length,
                'choices and weights must be of one length, 1 or more',
              ),
            ),
            v.pipe(
              v.strictObject({ of: v.pipe(v.string(), v.minLength(1)), min: whole, max: length }),
              v.check(({ min, max }) => min <= max, 'min must be at most max'),
            ),
            v.pipe(
              v.strictObject({ from: whole, to: whole }),
              v.check(({ from, to }) => from <= to, 'from must be at most to'),
            ),
            v.strictObject({ counter: whole, width: length }),
          ]),
        ),
        v.readonly(),
      ),
    }),
  ),
  v.check(
    (alternatives) => alternatives.reduce((sum, { share }) => sum + share, 0) === textsOfRound,
    `the shares must add up to ${textsOfRound}`,
  ),
  v.readonly(),
)

export const formSchema = v.object({
  by: v.literal('form'),
  alternatives,
  isUnique: v.boolean(),
  isStated: v.optional(v.boolean()),
  check: v.optional(v.literal('iban')),
  avoided: v.optional(avoidedSchema),
})

/** What a card keeps of the form of texts that another way makes. */
export type Fallback = Pick<Form, 'alternatives' | 'isUnique'>

export const fallbackSchema = v.object({ alternatives, isUnique: v.boolean() })
