/** The share of held-out rows: a report needs at least twenty. */
export function holdoutFor(rows: number): number {
  return Math.min(0.5, Math.max(0.2, Math.ceil((100 * 21) / rows) / 100))
}
