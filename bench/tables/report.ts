import { table } from '../quality/report.ts'
import { type Contender, keeps, type Score, type Section } from './score.ts'

/** Everything that a run measured: docs/tables.json. */
export interface Results {
  readonly command: string
  readonly machine: Readonly<Record<string, string>>
  /** By package: why it could not be installed here. */
  readonly missing: Readonly<Record<string, string>>
  readonly sections: readonly Section[]
}

/** Measures to show side by side, by their names in the judges' answers. */
const columns: readonly (readonly [key: string, heading: string])[] = [
  ['shapes', 'shapes'],
  ['trends', 'trends'],
  ['c2st', 'C2ST'],
  ['tstr', 'TSTR'],
  ['share', 'share'],
  ['membership', 'membership'],
  ['w_test', 'W₁ held-out'],
  ['w_train', 'W₁ training'],
  ['f1', 'F1'],
  ['error', 'error, one draw'],
  ['median_error', 'error, best guess'],
  ['hold', 'meet the condition'],
  ['energy_ratio', 'energy ratio'],
  ['energy_ratio_of_halves', 'energy ratio, size of a half'],
  ['seconds', 'seconds of training'],
]

/** The tables, for a terminal. */
export function summary({ machine, missing, sections }: Results): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name}: ${value}`)
  return [...facts, '', notInstalled(missing), '', targets(sections), '', ...sections.flatMap(beside)].join(
    '\n',
  )
}

/** docs/tables.md. */
export function report({ command, machine, missing, sections }: Results): string {
  return `# Tables: how close the samples of real tables are

\`${command}\` made this page from scratch; [tables.json](tables.json) has the same figures with more digits. It trains, exports, samples and
imputes with every model through the command line, on the publisher's CSV file, with no options except the seed and the threads.

${table(['machine', ''], Object.entries(machine))}

${notInstalled(missing)}

## Targets

The value is the mean over the seeds (for Titanic the median), followed by each seed. For iris and wine, splits take the place of seeds.${measuredAgain(sections)}

${targets(sections)}

## Compared with real rows and other tools

${sections.flatMap(beside).join('\n')}
${method}`
}

/** The rows that a later run measured again, alone. */
function measuredAgain(sections: readonly Section[]): string {
  const lines = sections.flatMap(({ title, again }) => (again ? [`- ${title}: by \`${again.command}\``] : []))
  return lines.length === 0 ? '' : ['\n\nThese rows were measured again later:\n', ...lines].join('\n')
}

function notInstalled(missing: Results['missing']): string {
  const lines = Object.entries(missing).map(([name, why]) => `${name} could not be installed here: ${why}`)
  return lines.join('\n') || 'All packages could be installed.'
}

function targets(sections: readonly Section[]): string {
  return table(
    ['what', 'measure', 'value', 'seeds', 'target', 'moonshot'],
    sections.flatMap(({ scores }) =>
      scores.map((score) => [
        score.row,
        score.what,
        score.value === null ? `missing: ${score.missing}` : `**${figure(score.value)}**`,
        score.values.length > 1 ? score.values.map(figure).join(', ') : '',
        bound(score, score.reach),
        bound(score, score.moonshot),
      ]),
    ),
  )
}

function bound(score: Score, value: number | null): string {
  if (value === null) return ''
  const yes = keeps(score, value) ? 'yes' : '**no**'
  return `${score.atLeast ? 'min' : 'max'} ${value}: ${yes}`
}

/** A section's contenders, with the measures that any of them has. */
function beside({ title, beside }: Section): string[] {
  if (beside.length === 0) return []
  const shown = columns.filter(([key]) => beside.some(({ results }) => results && key in results))
  const row = ({ who, seeds, results, missing }: Contender) => [
    who,
    results ? String(seeds) : '',
    ...shown.map(([key], index) => {
      if (!results) return index === 0 ? `missing: ${missing}` : ''
      return key in results ? figure(results[key]!) : ''
    }),
  ]
  return [
    `### ${title}\n`,
    table(['rows of', 'seeds', ...shown.map(([, heading]) => heading)], beside.map(row)),
    '',
  ]
}

/** Three decimals for shares and distances, three digits for larger values. */
function figure(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(3) : String(Number(value.toPrecision(3)))
}

const method = `## How it is measured

\`bench/tables/\` has the judges. Each is a program that you can run by hand, \`python bench/tables/judge.py adult samples.csv\`, with the
packages above. There are as many samples as training rows. Nothing that is judged has seen the held-out rows, but the recipe's defaults were
chosen on Adult's; Online Shoppers is the cleaner test.

- **Real rows**: the training rows in place of the samples. They come from the same distribution as the held-out rows, so their C2ST, TSTR,
  shapes and trends are what the best samples get. They are also copies, which only share and membership detect.
- **C2ST AUC**: how well LightGBM tells samples from held-out rows, by three-fold cross-validation. 0.5 is chance.
- **TSTR AUC**: how well LightGBM trained on samples predicts the target of held-out rows: income, Revenue, survived.
- **Shapes, trends**: SDMetrics' column shapes and column pair trends. 1 is best, and real rows don't reach it. SDMetrics bins each table by
  its own range, so a single missing extreme lowers trends.
- **Share**: the share of samples that are nearer to a training row than to a held-out row, with the same number of both. 0.5 is chance.
  **Membership AUC**: how well a row's distance to the nearest sample tells training rows from held-out rows. Such distances detect plain
  copying; if they detect none, that does not prove privacy.
- **iris, wine**: ForestDiffusion's protocol: three splits into 80 % and 20 %, five generations of each, and the Wasserstein-1 distance to the
  held-out rows with L1 on columns scaled by the training rows, where another class adds 1/2 in each of two
  class columns. F1: two classifiers trained on a generation.
- **iris with gaps**: each of the 600 measurements is removed with probability 0.2 (one pattern per seed), and the model is trained on the rest.
  The error is the mean absolute error of the removed cells, with each column scaled by its full range: for one draw, and for the best guess
  of five (\`impute --draws 5 --best\`), the median. MissForest is scikit-learn's IterativeImputer with random forests on the same gaps; it
  makes no draws.
- **Adult given income > 50K**: 2000 samples with this condition, compared with the held-out rows that meet it.
- **Adult given native_country = Philippines**: the energy distance (V-statistic, no root) between the samples and the real rows that meet the
  condition, divided by the distance between two halves of these rows, the mean of 100 random halvings. Perfect samples get less than 1, since
  all rows are more than half. The second figure compares as many samples as a half has rows with one half: there 1 is perfect. Categories that
  differ have a distance of 1, numbers the distance of their ranks. The real rows are all rows that were not trained on.
- **Adult with gaps**: each cell of the held-out rows is removed with probability 0.2 and filled with one draw. C2ST compares the result with
  5000 other rows that were not trained on, and with the same rows before the removal, where a row and its filled twin are always in the same
  fold. The second test is sharper: the trees can compare a row with itself.
- **Speed of training**: Moonstep's whole process, from the CSV file to the run folder, against only the fitting of the peer, without imports
  and reading; both with two threads, one after the other on the same machine.
- **Speed of sampling**: the whole process on sampler.onnx, from its start to the CSV file, against PyTorch's matrix products of the network's
  layers with nothing between them: chunks of 2000 rows, 30 steps; the median of three rounds in turn.
- **Peers**: CTGAN and TVAE of the package ctgan with its defaults, 300 epochs. A Gaussian copula of the package copulas on each column's own
  empirical distribution. ForestDiffusion's flow with its defaults, on small tables: its trees take a copy of the table a hundred times over for
  each of 50 noise levels. The benchmark does what libraries around them do: a gap becomes a category, numbers keep their decimals and ranges.
  Slow peers get one seed, as the tables say.
`
