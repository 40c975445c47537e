/** seconds = factor x^slope: a straight line on logarithmic axes. */
export interface Fit {
  readonly slope: number
  readonly factor: number
  /** The minimum x in the fit. */
  readonly from: number
  /** The maximum deviation of a point from the line: 0.1 is a tenth of its time. */
  readonly farthest: number
}

/** The least-squares line through the logarithms of the upper half of the points; fixed costs weigh on the lower. */
export function fitPower(points: readonly { readonly x: number; readonly seconds: number }[]): Fit {
  const upper = points.slice(Math.floor(points.length / 2))
  const logs = upper.map(({ x, seconds }) => [Math.log(x), Math.log(seconds)] as const)
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length
  const [mx, my] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))]
  const slope =
    logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) /
    logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  const factor = Math.exp(my - slope * mx)
  const farthest = Math.max(...upper.map(({ x, seconds }) => Math.abs(seconds / (factor * x ** slope) - 1)))
  return { slope, factor, from: upper[0]!.x, farthest }
}
