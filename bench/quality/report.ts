import { type Cell, idealCount } from './ablation.ts'
import { type Baseline, count } from './measure.ts'
import { type Row, trainingSeeds } from './targets.ts'

const figure = (value: number) => value.toFixed(4)

export interface Results {
  readonly rows: readonly Row[]
  readonly baselines: readonly Baseline[]
  readonly cells: readonly Cell[]
}

/** docs/quality.md. */
export function report({ rows, baselines, cells }: Results): string {
  return `# Quality: how close the samples are to the data

\`npm run bench:quality\` made this page from scratch. It trains ${modelCount(rows, cells)} models and measures each through the command line.

The data is two moons with noise 0.05 and 1000 training points, half of them on each moon. The figures are sliced Wasserstein-2 distances
([evaluate.md](evaluate.md) defines them) between ${count.toLocaleString('en')} samples and ${count.toLocaleString('en')} fresh points, scaled as the training data; each fresh
point has a random moon and angle. The training points of draw d are \`two-moons\` of seed d. The recipe was chosen on draw 0; the draws here are
others. The training seeds are ${trainingSeeds.join(', ')}, and the engine is \`onnx\`, which \`auto\` takes.

${table(
  ['what', 'commands', 'draw', ...trainingSeeds.map((seed) => `seed ${seed}`), 'median', 'target'],
  rows.map(({ what, command, draw, values, median, target }) => [
    what,
    `\`${command}\``,
    String(draw),
    ...values.map(figure),
    `**${figure(median)}**`,
    target === undefined ? '' : `${figure(target)}: ${median <= target ? 'yes' : '**no**'}`,
  ]),
)}

For comparison: ${references(baselines)}.

## Schedule, sampler, steps

The table shows the default recipe with other schedules (draw ${rows[0]!.draw}, training seed 0). The figures in brackets are those of the ideal
denoiser of the training points with the same process (${idealCount.toLocaleString('en')} samples; [evaluate.md](evaluate.md)): the error of the sampler and of the
training set, which no training removes. Solid lines show the network, dashed lines the ideal denoiser.

![Distance by schedule, sampler and steps; the ideal denoiser is dashed](images/quality.svg)

${table(
  ['schedule', 'sampler', ...stepsOf(cells).map((n) => `${n} steps`)],
  groups(cells).map(([schedule, sampler, group]) => [
    schedule,
    sampler,
    ...group.map(({ distance, ideal }) => `${figure(distance)} (${figure(ideal)})`),
  ]),
)}
`
}

function references(baselines: readonly Baseline[]): string {
  const list = (pick: (baseline: Baseline) => number) =>
    baselines.map((baseline) => `${figure(pick(baseline))} (draw ${baseline.draw})`).join(', ')
  return (
    `two sets of ${count.toLocaleString('en')} fresh points have a distance of ${list(({ real }) => real)}; ` +
    `a generator that repeats its training points has ${list(({ training }) => training)}`
  )
}

/** docs/samplers.md with the current measurements of the default recipe's network. */
export function withMeasuredTable(text: string, cells: readonly Cell[]): string {
  const own = groups(cells.filter(({ schedule }) => schedule === 'default'))
  const rows = own.map(([, sampler, group]) => [
    `\`${sampler}\``,
    ...group.map(({ distance }) => figure(distance)),
  ])
  const measured = table(['sampler', ...stepsOf(cells).map((n) => `${n} steps`)], rows)
  return text.replace(/(<!-- measured: begin -->)[\s\S]*(<!-- measured: end -->)/, `$1\n\n${measured}\n\n$2`)
}

/** One per training seed of each training command and draw, and one per schedule of the ablation. */
function modelCount(rows: readonly Row[], cells: readonly Cell[]): number {
  const trainings = new Set(rows.map(({ command, draw }) => `${draw} ${command.replace(/, sample.*/, '')}`))
  return trainings.size * trainingSeeds.length + new Set(cells.map(({ schedule }) => schedule)).size
}

function stepsOf(cells: readonly Cell[]): number[] {
  return [...new Set(cells.map(({ numSteps }) => numSteps))]
}

function groups(cells: readonly Cell[]): [schedule: string, sampler: string, cells: Cell[]][] {
  const names = [...new Set(cells.map(({ schedule, sampler }) => `${schedule}\t${sampler}`))]
  return names.map((name) => {
    const [schedule, sampler] = name.split('\t') as [string, string]
    return [schedule, sampler, cells.filter((cell) => `${cell.schedule}\t${cell.sampler}` === name)]
  })
}

/** A Markdown table with aligned columns, as the project's formatter writes them. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, c) => Math.max(name.length, ...rows.map((row) => row[c]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, c) => cell.padEnd(widths[c]!)).join(' | ')} |`
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
