import type * as levenshtein from 'fastest-levenshtein'

/** Replaces fastest-levenshtein: the lesson's options are chosen, not typed, so it needs no suggestions for names. */
export const distance: typeof levenshtein.distance = () => Number.POSITIVE_INFINITY
