/** The page's steps, one on a screen, in their order. */
export const steps = {
  data: 'Data',
  train: 'Train',
  rows: 'Rows',
  report: 'Report',
  take: 'Take along',
} as const
export type Step = keyof typeof steps
