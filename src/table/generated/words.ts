/** Names of things, recombined: words that three rows or more share, in the patterns that three rows or more have. */
import * as v from 'valibot'
import { type Avoided, avoidedSchema } from './avoid.ts'
import { type Sex, type Sexes, sexesSchema } from './sex.ts'

/** Words by how many rows have them: places in the list of words, and `others`, the rows with words that fewer than three share. */
export interface CountedWords {
  readonly words: readonly number[]
  readonly counts: readonly number[]
  readonly others: number
}

/** A place of a word in a text: which words rows have between these texts. */
export interface WordSlot extends CountedWords {
  readonly before: string
  readonly after: string
  readonly shape: string
  /** The smallest and largest number, each a mean of three rows, of a place of numbers. */
  readonly range?: readonly [number, number] | undefined
}

/** What follows a word in a slot, where three rows or more share it. */
export interface Following extends CountedWords {
  readonly after: number
  readonly slot: number
  /** Whether it follows a title: a name that does not may be of the other sex. */
  readonly isTitled?: boolean | undefined
}

/** What texts of names have in common. */
export interface Words {
  readonly list: readonly string[]
  readonly slots: readonly WordSlot[]
  /** Slots one after the other, and how many rows have them. */
  readonly patterns: readonly { readonly slots: readonly number[]; readonly count: number }[]
  readonly follows: readonly Following[]
  /** Letters that follow up to three others, each before its weight in base 36. */
  readonly letters: Readonly<Record<string, string>>
  /** Lengths of words of letters that three rows or more have, rising, each as often as they have it. */
  readonly lengths: readonly number[]
  /** How many rows have the texts that three or more share, which are at the end of the list, and others, which are made. */
  readonly whole?: Omit<CountedWords, 'words'> | undefined
  /** Of the texts that are made, the share of those that an earlier row has as well. */
  readonly repeats?: number | undefined
}

/** The texts of so many rows in turn differ, but for the share that repeat others: each can be made without the rows before these. */
export const rowsOfStretch = 4096

/** How texts are made of words. */
export interface WordsMaker {
  readonly by: 'words'
  readonly words: Words
  /** The words of rows whose sex a column says: names agree with it. */
  readonly bySex?:
    | (Readonly<Record<Sex, Words>> & { readonly column: string; readonly sexes: Sexes })
    | undefined
  /** Whether a text ends with the row's number, so that no two are equal. */
  readonly isNumbered?: boolean | undefined
  readonly avoided?: Avoided | undefined
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const wholes = v.pipe(v.array(whole), v.readonly())
const counted = { words: wholes, counts: wholes, others: whole }

const fields = {
  list: v.pipe(v.array(v.string()), v.readonly()),
  slots: v.pipe(
    v.array(
      v.object({
        ...counted,
        before: v.string(),
        after: v.string(),
        shape: v.pipe(v.string(), v.minLength(1)),
        range: v.optional(v.tuple([whole, whole])),
      }),
    ),
    v.readonly(),
  ),
  patterns: v.pipe(
    v.array(v.object({ slots: v.pipe(v.array(whole), v.minLength(1), v.readonly()), count: whole })),
    v.minLength(1),
    v.readonly(),
  ),
  follows: v.pipe(
    v.array(v.object({ ...counted, after: whole, slot: whole, isTitled: v.optional(v.boolean()) })),
    v.readonly(),
  ),
  letters: v.record(v.string(), v.string()),
  lengths: v.pipe(v.array(v.pipe(whole, v.maxValue(120))), v.minLength(1), v.readonly()),
  whole: v.optional(v.object({ counts: wholes, others: whole })),
  repeats: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
}

/** Whether all places are of words and slots that there are. */
function areOfLists({ list, slots, patterns, follows }: Words): boolean {
  const areWords = ({ words, counts }: CountedWords) =>
    words.length === counts.length && words.every((k) => k < list.length)
  return (
    [...slots, ...follows].every(areWords) &&
    patterns.every((each) => each.slots.every((k) => k < slots.length)) &&
    follows.every((each) => each.after < list.length && each.slot < slots.length)
  )
}

export const wordsSchema: v.GenericSchema<unknown, Words> = v.pipe(
  v.object(fields),
  v.check((words) => areOfLists(words), 'words must be of the list'),
)

export const wordsMakerSchema = v.object({
  by: v.literal('words'),
  words: wordsSchema,
  bySex: v.optional(
    v.object({ column: v.string(), sexes: sexesSchema, female: wordsSchema, male: wordsSchema }),
  ),
  isNumbered: v.optional(v.boolean()),
  avoided: v.optional(avoidedSchema),
})
