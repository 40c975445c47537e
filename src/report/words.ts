import type { UtilityMetric } from '../measure/utility.ts'

/** 0.9172 -> '91.7 %'; only none and all are 0 and 100. */
export function shareText(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`
  if (share < 0.0005) return 'less than 0.1 %'
  return share >= 0.9995 ? 'more than 99.9 %' : `${(100 * share).toFixed(1)} %`
}

/** A number in [0, 1] with two decimals: .51. */
export function decimals(x: number | null): string {
  return x === null ? 'not known' : x.toFixed(2).replace(/^0/, '')
}

/** The names of the metrics of utility. */
export const metricNames: Readonly<Record<UtilityMetric, string>> = {
  auc: 'AUC',
  'macro-auc': 'mean AUC',
  r2: 'R²',
}
