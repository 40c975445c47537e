/** The largest seed that the page takes. */
export const maxSeed = 0xffffffff

/** Why so many rows can't be asked for; empty if they can. */
export function problemOfCount(value: number): string {
  return Number.isInteger(value) && value >= 1 ? '' : 'Give a whole number of rows, 1 or more.'
}

/** Why a seed can't be taken; empty if it can. */
export function problemOfSeed(value: number): string {
  return Number.isInteger(value) && value >= 0 && value <= maxSeed
    ? ''
    : `Give a whole number from 0 to ${maxSeed} as the seed.`
}
