import { table } from '../quality/report.ts'
import { type Contender, keeps, type Score, type Section } from './score.ts'

/** All that a run measured: docs/tables.json. */
export interface Results {
  readonly command: string
  readonly machine: Readonly<Record<string, string>>
  /** By package: why it could not be installed here. */
  readonly missing: Readonly<Record<string, string>>
  readonly sections: readonly Section[]
}

/** Measures that stand beside each other, by their name in the judges' answers. */
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
  ['hold', 'hold'],
  ['energy_ratio', 'energy ratio'],
  ['energy_ratio_of_halves', 'as many as a half'],
  ['seconds', 'seconds of training'],
]

/** The tables, as a terminal shows them. */
export function summary({ machine, missing, sections }: Results): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name}: ${value}`)
  return [...facts, '', notInstalled(missing), '', targets(sections), '', ...sections.flatMap(beside)].join(
    '\n',
  )
}

/** docs/tables.md. */
export function report({ command, machine, missing, sections }: Results): string {
  return `# Tables: how close the samples of real tables are

Made by \`${command}\`, from scratch; [tables.json](tables.json) has the same figures with more digits. Every model is trained,
exported, sampled and asked to impute through the command line, on the CSV file as its publisher has it, with no option but the seed
and the threads.

${table(['machine', ''], Object.entries(machine))}

${notInstalled(missing)}

## Targets

The mean of the seeds, of Titanic the median; then each seed. Of iris and wine a split takes a seed's place.${measuredAgain(sections)}

${targets(sections)}

## Beside it

${sections.flatMap(beside).join('\n')}
${method}`
}

/** Which rows a later run measured again, alone. */
function measuredAgain(sections: readonly Section[]): string {
  const lines = sections.flatMap(({ title, again }) => (again ? [`- ${title}: by \`${again.command}\``] : []))
  return lines.length === 0 ? '' : ['\n\nMeasured again, alone:\n', ...lines].join('\n')
}

function notInstalled(missing: Results['missing']): string {
  const lines = Object.entries(missing).map(([name, why]) => `${name} could not be installed here: ${why}`)
  return lines.join('\n') || 'All packages could be installed.'
}

function targets(sections: readonly Section[]): string {
  return table(
    ['what', 'measure', 'value', 'seeds', 'to reach', 'moonshot'],
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
  return `${score.atLeast ? 'at least' : 'at most'} ${value}: ${yes}`
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

/** Three decimals for shares and distances, three digits for what is larger. */
function figure(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(3) : String(Number(value.toPrecision(3)))
}

const method = `## How it is measured

\`bench/tables/\` has the judges; each is a program that can be run by hand, \`python bench/tables/judge.py adult samples.csv\` with
the packages above. As many samples as training rows. Held-out rows were seen by nothing that is judged, but the recipe's defaults
were chosen on Adult's; Online Shoppers is the cleaner test.

- **Real rows**: the training rows in the place of samples. They are other rows of the same distribution, so their C2ST, TSTR,
  shapes and trends are what the best samples get. They also are copies, which only share and membership tell.
- **C2ST AUC**: how well LightGBM tells samples from held-out rows, by three-fold cross-validation. 0.5 is chance.
- **TSTR AUC**: LightGBM that is trained on samples predicts the target of held-out rows: income, Revenue, survived.
- **Shapes, trends**: SDMetrics' column shapes and column pair trends. 1 is best, and real rows don't reach it. It bins each table by its
  own range, so that one extreme that is missing costs trends.
- **Share**: samples nearer to a training row than to a held-out row, of as many of both. 0.5 is chance. **Membership AUC**: how well
  a row's distance to the nearest sample tells training rows from held-out ones. Distances like these show plain copying; that they
  show none proves no privacy.
- **iris, wine**: ForestDiffusion's protocol: three splits into 80 % and 20 %, five generations of each, Wasserstein-1 to the held-out rows
  by L1 on columns scaled by the training rows, a class counting 1/2 in each of the two that differ. F1: two classifiers trained on a generation.
- **iris with gaps**: each of the 600 measurements is removed with probability 0.2 (as many patterns as seeds), and the model is trained
  on what is left. The error is the mean absolute one of the removed cells, each column scaled by its full range. One draw, and the best guess
  of five (\`impute --draws 5 --best\`), the median. MissForest is scikit-learn's IterativeImputer with random forests on the same gaps;
  it gives no draws.
- **Adult given income > 50K**: 2000 samples given it, against the held-out rows with it.
- **Adult given native_country = Philippines**: the energy distance (V-statistic, no root) between the samples and the real rows with it,
  divided by that between two halves of these, the mean of 100 random halvings; perfect samples get less than 1, since all rows are more than
  half. The second figure takes as many samples as a half has rows to one half: there 1 is perfect. A category that differs counts as a
  distance of 1, numbers by their ranks. The real rows are all that were not trained on.
- **Adult with gaps**: each cell of the held-out rows is removed with probability 0.2 and filled with one draw. C2ST is against 5000
  other rows that were not trained on either; and against the same rows with nothing removed, a row and its filled twin always in the same fold.
  That is sharper: the trees can compare a row with itself.
- **Speed of training**: our whole process, from the CSV file to the run folder, against the fitting of the peer alone, imports and reading apart;
  two threads both, one after the other on the same machine.
- **Speed of sampling**: of sampler.onnx, the whole process from its start to the CSV file, against PyTorch's matrix products of the network's layers
  with nothing between them: chunks of 2000 rows, 30 steps; the median of three rounds in turn.
- **Peers**: CTGAN and TVAE of the package ctgan with its defaults, 300 epochs. A Gaussian copula of the package copulas on each column's own
  empirical distribution. ForestDiffusion's flow with its defaults, on small tables: its trees take a copy of the table a hundred times
  over for each of 50 noise levels. What libraries around them do is done for them: a gap becomes a category, numbers keep their decimals
  and ranges. Where they take long they get one seed, as the tables say.
`
