import { counted, humanCount, significant, textTable } from '../core/format.ts'
import type { Evaluation } from './distances/evaluate-scaled.ts'
import { bandwidths } from './distances/kernels.ts'
import type { NearestTraining } from './distances/nearest.ts'
import { type Distances, neighbours } from './distances/pairwise.ts'
import type { TableEvaluation } from './evaluate.ts'

/** Notes on an evaluation's distances, one line each. */
export function evaluationNotes({ counts, nearestTraining, ideal, teacher }: Evaluation): string[] {
  const { all, pairwise, halvings, halves, pairwiseHalves } = counts
  const notes = [
    'sliced Wasserstein-2, energy, MMD²: 0 is best, and real against real is what chance alone gives; density ' +
      'and coverage: best as real against real.',
    `real against real: median of ${halvings} random halvings of the data (seed 0), ${humanCount(halves[0])} points against ` +
      `${humanCount(halves[1])}. For an unbiased distance the ratio is to the median of their absolute values.`,
  ]
  if (pairwise[0] < all[0] || pairwise[1] < all[1])
    notes.push(
      `all but sliced Wasserstein-2 take pairs of points: of ${humanCount(pairwise[1])} of the ${humanCount(all[1])} samples and ` +
        `${humanCount(pairwise[0])} of the ${humanCount(all[0])} points of the data, drawn at random (seed 0); in the halvings of ` +
        `${humanCount(pairwiseHalves[0])} and ${humanCount(pairwiseHalves[1])}.`,
    )
  if (halves[1] < all[1])
    notes.push(
      `half of the data is fewer points than the samples, so real against real is larger than at the samples' ` +
        `number, and the ratios smaller: ${humanCount(2 * all[1])} points of data make it a sharper bar.`,
    )
  const [byChance, inHalves] = [expectedCoverage(...pairwise), expectedCoverage(...pairwiseHalves)]
  if (Math.abs(byChance - inHalves) > 0.01)
    notes.push(
      `coverage falls with the real points for a sample: chance alone covers ${significant(byChance)} with ` +
        `${humanCount(pairwise[0])} points and ${humanCount(pairwise[1])} samples, ${significant(inHalves)} in the halvings.`,
    )
  if (nearestTraining) notes.push(...notesOfNearest(nearestTraining))
  if (ideal)
    notes.push(
      `ideal: ${humanCount(counts.ideal ?? 0)} samples of the ideal denoiser, which knows only the training points. What ` +
        "it gets is the sampler's and the finite training set's part; what the samples have beyond it, the network's.",
    )
  if (teacher)
    notes.push(
      `distance to the teacher: Euclidean, in scaled space, between ${counted(teacher.count, 'sample')} of the student and of its ` +
        'teacher that start at the same noise (seed 0).',
    )
  return notes
}

function notesOfNearest({ closer, data }: NonNullable<Evaluation['nearestTraining']>): string[] {
  if (data.median === 0)
    return [
      'most points of the data are training points themselves: only held-out data tells whether samples lie nearer ' +
        'to training points than real points do.',
    ]
  const notes = [
    'nearest training point: the median distance to it; "nearer": the share of points as near to one as 1 in 100 of ' +
      'the data. A ratio far below 1, or far above it for "nearer", is a sign of memorisation.',
  ]
  return closer === null
    ? [
        ...notes,
        'some points of the data are training points themselves: held-out data alone would tell more.',
      ]
    : notes
}

/**
 * The expected coverage of `m` samples from the distribution of `n` real points: a ball is empty if the nearest five of
 * all others are real.
 */
export function expectedCoverage(n: number, m: number): number {
  let empty = 1
  for (let j = 0; j < neighbours; j++) empty *= (n - 1 - j) / (n + m - 1 - j)
  return 1 - empty
}

/** Number of columns named if a table has more. */
const shownColumns = 5

/** The closeness of all columns beside that of real rows, and the columns that are furthest off. */
export function closenessTable({ columns, shapes, trends, real }: TableEvaluation): string {
  const row = (name: string, own: number | null, other: number | null) => [
    name,
    own === null ? '-' : own.toFixed(3),
    other === null ? '-' : other.toFixed(3),
  ]
  const rows = [
    ['', 'samples', 'real against real'],
    row('columns (shapes), 1 is the same', shapes, real.shapes),
    row('pairs of columns (trends), 1 is the same', trends, real.trends),
  ]
  const worst = columns
    .toSorted((a, b) => b.distance - a.distance)
    .slice(0, shownColumns)
    .map(({ name, distance }) => `${name} ${significant(distance)}`)
  const most =
    columns.length > shownColumns ? 'columns that are furthest off' : 'columns, the furthest off first'
  return `${textTable(rows, { flushRight: (column) => column > 0 }).join('\n')}\n${most}: ${worst.join(', ')}`
}

/** An evaluation as a table 80 characters wide: samples, real against real, ratio, ideal. */
export function evaluationTable(evaluation: Evaluation): string {
  const { null: real, ratio, ideal, nearestTraining: near, teacher } = evaluation
  const all = [evaluation, real, ratio, ...(ideal ? [ideal] : [])]
  const row = (name: string, of: (distances: Distances) => number) => [
    name,
    ...all.map((distances) => significant(of(distances))),
  ]
  const rows = [
    ['', 'samples', 'real against real', 'ratio', ...(ideal ? ['ideal'] : [])],
    row('sliced Wasserstein-2', (distances) => distances.slicedWasserstein2),
    row('energy distance (V)', (distances) => distances.energyV),
    row('energy distance, unbiased', (distances) => distances.energy),
    ...bandwidths.map((h) => row(`MMD², bandwidth ${h}`, (distances) => distances.mmd2[String(h)]!)),
    row(`density, ${neighbours} neighbours`, (distances) => distances.density),
    row(`coverage, ${neighbours} neighbours`, (distances) => distances.coverage),
  ]
  if (near) {
    const nearRow = (name: string, of: (nearest: NearestTraining) => number | null) => {
      const [samples, data] = [of(near) ?? Number.NaN, of(near.data) ?? Number.NaN]
      const ofIdeal = ideal ? [of(ideal.nearestTraining) ?? Number.NaN] : []
      return [name, ...[samples, data, samples / data, ...ofIdeal].map(significant)]
    }
    rows.push(nearRow('nearest training point', ({ median }) => median))
    if (near.closer !== null && near.data.closer !== null)
      rows.push(nearRow('nearer than 99% of data', ({ closer }) => closer))
  }
  if (teacher)
    rows.push(
      ['distance to the teacher, mean', significant(teacher.mean)],
      ['distance to the teacher, worst', significant(teacher.worst)],
    )
  return textTable(rows, { flushRight: (column) => column > 0 }).join('\n')
}
