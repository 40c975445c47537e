/** Data lies within 1, its samples a little beyond. */
const dataReach = 1.2
/** All but one in a hundred points of standard normal noise in the plane. */
const noiseReach = 2.8

/**
 * How far from the middle a picture of scaled space reaches, so that points of which a share alphaBar of the
 * variance is signal fill it.
 */
export function reachOf(alphaBar: number): number {
  return Math.sqrt(alphaBar * dataReach ** 2 + (1 - alphaBar) * noiseReach ** 2)
}
