import { InputError, requireInteger } from '../core/errors.ts'

/** The whole number nearest to x, a tie to the even one (as Python and IEEE 754 round). */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

/**
 * The timesteps of `numSteps` steps out of T, largest first: round(T (n - j) / n). diffusers calls the
 * spacing `trailing`. A step goes from each to the next, the last one to 0.
 */
export function spacedTimesteps(T: number, numSteps: number): number[] {
  requireInteger('the number of steps', numSteps, 1, T)
  return Array.from({ length: numSteps }, (_, j) => roundHalfToEven((T * (numSteps - j)) / numSteps))
}

/** Checks an explicit list. Errors: not whole numbers from T down to 1, each below the one before. */
export function checkTimesteps(timesteps: readonly number[], T: number): readonly number[] {
  if (timesteps.length === 0) throw new InputError(`timesteps are missing: give a list such as ${T},1`)
  timesteps.forEach((t, j) => {
    requireInteger('a timestep', t, 1, T)
    if (j > 0 && t >= timesteps[j - 1]!)
      throw new InputError(
        `timesteps ${timesteps.join(',')}: ${t} is not below ${timesteps[j - 1]}: give them falling`,
      )
  })
  return timesteps
}
