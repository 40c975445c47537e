import type * as levenshtein from 'fastest-levenshtein'

/** In place of fastest-levenshtein: the lesson's options are chosen, not typed, so that no name is near another. */
export const distance: typeof levenshtein.distance = () => Number.POSITIVE_INFINITY
