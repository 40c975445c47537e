/** Reports and evaluations as text for a terminal. */

import { counted, humanCount, printable, significant, textTable } from '../core/format.ts'
import type { Evaluation } from '../measure/distances/evaluate-scaled.ts'
import { bandwidths, type Distances, neighbours } from '../measure/distances/pairwise.ts'
import type { NearestTraining } from '../measure/distances/subsets.ts'
import type { TableEvaluation } from '../measure/evaluate.ts'
import { alwaysSentence, brokenSentence } from './always.ts'
import { leftOutSentence } from './left-out.ts'
import { type Measures, metricNames } from './quality.ts'
import type { Report } from './report.ts'
import { generatedSentence, sentencesOf } from './stated.ts'
import { adviceOn, areOfTraining, ofTraining, verdictSentences } from './verdicts.ts'

/** Texts as a list, wrapped at 80 characters. */
export function listed(texts: readonly string[]): string {
  return texts.map((text) => wrapped(`- ${text}`)).join('\n')
}

/** A text in lines of 80 characters, all but the first indented. */
export function wrapped(text: string): string {
  const [first = '', ...words] = printable(text).split(' ')
  const lines = [first]
  for (const word of words)
    if (`${lines.at(-1)} ${word}`.length <= 80) lines[lines.length - 1] += ` ${word}`
    else lines.push(`  ${word}`)
  return lines.join('\n')
}

export const tableText = (rows: readonly (readonly string[])[]) =>
  textTable(rows, { flushRight: (column) => column > 0 }).join('\n')

const thousandths = (value: number | null) => (value === null ? '-' : value.toFixed(3))

function closenessRows({ shapes, trends, real }: Pick<Measures, 'shapes' | 'trends' | 'real'>): string[][] {
  return [
    row('columns (shapes), 1 is the same', shapes, real.shapes),
    row('pairs of columns (trends), 1 is the same', trends, real.trends),
  ]
}

export const row = (name: string, samples: number | null, real: number | null) => [
  name,
  thousandths(samples),
  thousandths(real),
]

/** The report in the page's words, without the numbers of each column. */
export function reportText(report: Report): string {
  const { sentences, verdicts, given, privacy, modelFile, modelFileSentence } = report
  const { rareNames, leftOut, generated, rules } = report
  const always = alwaysText(report)
  const isBroken = brokenSentence(report.always) !== undefined
  const parts = [...(isBroken ? always : []), sentences.map(wrapped).join('\n')]
  const notes = [...adviceOn(verdicts), ...(areOfTraining(report) ? [ofTraining] : [])]
  if (notes.length > 0) parts.push(listed(notes))
  parts.push(measuresText(report), ...(isBroken ? [] : always))
  if (given) {
    const rows = `${counted(given.rows.samples, 'sample')} and ${counted(given.rows.against, 'held-out row')}`
    const title = `the rows with ${printable(`${given.column} = ${given.value}`)}, ${rows}`
    const measures = given.quality ? measuresText(given.quality) : 'there are too few samples to measure.'
    parts.push(`${title}:\n\n${measures}`)
  }
  parts.push(`privacy:\n${listed(privacy.sentences)}`)
  if (modelFile && modelFileSentence) {
    const valueCount = modelFile.reduce((sum, { values }) => sum + values, 0)
    const held = `${humanCount(valueCount)} values, names, cuts of trees and the like`
    const whole = `It holds ${held}, which anyone who has the file can read: the page lists them by column.`
    parts.push(`model file:\n${listed([modelFileSentence, whole])}`)
  }
  if (rareNames.length > 0) parts.push(listed(sentencesOf(rareNames)))
  if (leftOut.length > 0) parts.push(listed([leftOutSentence(leftOut)]))
  if (generated.length > 0) parts.push(listed([generatedSentence(generated)]))
  if (rules.length > 0) parts.push(listed(sentencesOf(rules)))
  return `${parts.join('\n\n')}\n`
}

/** The most lines on what samples break. */
const mostBroken = 5

function alwaysText({ always }: Report): string[] {
  const sentence = alwaysSentence(always)
  if (sentence === undefined) return []
  const broken = always.filter(({ fails }) => fails)
  const more = broken.length > mostBroken ? [`${broken.length - mostBroken} more, which the page lists`] : []
  const lines = [...sentencesOf(broken.slice(0, mostBroken)), ...more]
  return [lines.length > 0 ? `${wrapped(sentence)}\n${listed(lines)}` : wrapped(sentence)]
}

function measuresText(measures: Measures): string {
  const { detection, utility, worst } = measures
  const rows = [
    ['', 'samples', 'real rows'],
    ...closenessRows(measures),
    row('trees distinguish samples from real rows, AUC', detection.auc, detection.null),
  ]
  if (utility) {
    const { target, metric, synthetic, real } = utility
    rows.push(row(`trees learn ${target}, ${metricNames[metric]}`, synthetic, real))
  }
  const sentences = sentencesOf([...worst.columns, ...worst.pairs])
  const far =
    sentences.length > 0
      ? `what differs most:\n${listed(sentences)}`
      : 'no column and no pair of columns differs more from real rows than real rows may differ from each other.'
  return `${tableText(rows)}\n\n${far}`
}

export function evaluationNotes({ counts, nearestTraining, ideal, teacher }: Evaluation): string[] {
  const { all, pairwise, halvings, halves, pairwiseHalves } = counts
  const notes = [
    'sliced Wasserstein-2, energy and MMD² are best at 0; real against real shows what they are by chance alone. ' +
      'Density and coverage are best when they equal those of real against real.',
    `real against real is the median over ${halvings} random halvings of the data (seed 0), ${humanCount(halves[0])} points against ` +
      `${humanCount(halves[1])}. The ratio of an unbiased distance is to the median of the absolute values.`,
  ]
  if (pairwise[0] < all[0] || pairwise[1] < all[1])
    notes.push(
      `all distances but sliced Wasserstein-2 compare pairs of points: of ${humanCount(pairwise[1])} of the ${humanCount(all[1])} samples and ` +
        `${humanCount(pairwise[0])} of the ${humanCount(all[0])} points of the data, drawn at random (seed 0), and in the halvings ` +
        `of ${humanCount(pairwiseHalves[0])} and ${humanCount(pairwiseHalves[1])}.`,
    )
  if (halves[1] < all[1])
    notes.push(
      'half of the data has fewer points than the samples, so real against real is larger than it would be for as many ' +
        `points as samples, and the ratios are smaller: ${humanCount(2 * all[1])} points of data would make the comparison equal.`,
    )
  const [byChance, inHalves] = [expectedCoverage(...pairwise), expectedCoverage(...pairwiseHalves)]
  if (Math.abs(byChance - inHalves) > 0.01)
    notes.push(
      'coverage is lower when there are more real points for each sample: by chance alone it is ' +
        `${significant(byChance)} with ${humanCount(pairwise[0])} points and ${humanCount(pairwise[1])} samples, ` +
        `and ${significant(inHalves)} in the halvings.`,
    )
  if (nearestTraining) notes.push(...notesOfNearest(nearestTraining))
  if (ideal)
    notes.push(
      `"ideal" has ${humanCount(counts.ideal ?? 0)} samples of the ideal denoiser, which needs only the training points and no network. ` +
        'Its distances are due to the sampler and to the finite training set; what the samples have beyond them is due ' +
        'to the network.',
    )
  if (teacher)
    notes.push(
      `the distance to the teacher is Euclidean, in scaled space, between ${counted(teacher.count, 'sample')} of the student and ` +
        'as many of its teacher that start from the same noise (seed 0).',
    )
  return notes
}

function notesOfNearest({ closer, data }: NonNullable<Evaluation['nearestTraining']>): string[] {
  if (data.median === 0)
    return [
      'most points of the data are training points themselves: only held-out data can show whether samples lie nearer ' +
        'to training points than real points do.',
    ]
  const sign =
    '"nearest training point" is the median distance to it; "nearer than 99% of data" is the share of points that are ' +
    'nearer to one than 99 % of the data are. A ratio far below 1 in the first row, or far above 1 in the second, ' +
    'is a sign of memorisation.'
  const more = 'some points of the data are training points themselves: data without them would show more.'
  return closer === null ? [sign, more] : [sign]
}

/** The coverage by chance of m samples and n real points: a ball is empty if the five nearest others are real. */
export function expectedCoverage(n: number, m: number): number {
  let empty = 1
  for (let j = 0; j < neighbours; j++) empty *= (n - 1 - j) / (n + m - 1 - j)
  return 1 - empty
}

/** An evaluation below its title. Without training rows there is no report; null says that they are too few for one. */
export function evaluationText(
  title: string,
  evaluation: TableEvaluation,
  notes: readonly string[],
  report: Report | null | undefined,
): string {
  const sentences = verdictSentences(evaluation.verdicts).slice(0, report === undefined ? 1 : 2)
  const parts = report
    ? [title, reportText(report).trimEnd(), evaluationTable(evaluation)]
    : [title, evaluationTable(evaluation), closenessTable(evaluation), sentences.map(wrapped).join('\n')]
  return `${[...parts, listed(notes)].join('\n\n').trimEnd()}\n`
}

const maxNamedColumns = 5

/** The closeness of all columns next to that of real rows, and the columns that differ most. */
function closenessTable(evaluation: TableEvaluation): string {
  const { columns } = evaluation
  const rows = [['', 'samples', 'real against real'], ...closenessRows(evaluation)]
  const furthest = columns.toSorted((a, b) => b.distance - a.distance).slice(0, maxNamedColumns)
  const worst = furthest.map(({ name, distance }) => `${printable(name)} ${significant(distance)}`)
  const most =
    columns.length > maxNamedColumns
      ? 'the columns that differ most'
      : 'the columns, those that differ most first'
  return `${tableText(rows)}\n${most}: ${worst.join(', ')}`
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
  return tableText(rows)
}
