import { axes, type Curve } from './growth/curves.ts'
import { fixed } from './growth/figure.ts'
import { table } from './quality/report.ts'
import type { Results } from './results.ts'
import { number, rowsTable } from './table.ts'

export const imageOf = (axis: string) => `images/growth-${axis.toLowerCase()}.svg`

/** Machine and tables, as a terminal shows them. */
export function summary(results: Results): string {
  const facts = Object.entries(results.machine).map(([name, value]) => `${name}: ${value}`)
  return `${facts.join('\n')}\n\n${tables(results)}`
}

function tables({ groups, growth, machine }: Results): string {
  const parts = groups.map(({ name, rows, again }) =>
    [`## ${heading(name)}`, ...(again ? [measuredAgain(again, machine)] : []), rowsTable(rows)].join('\n\n'),
  )
  if (growth.length > 0) parts.push(`## Growth\n\n${growthTable(growth)}`)
  return parts.join('\n\n')
}

/** docs/performance.md. */
export function report(results: Results): string {
  const { command, machine } = results
  return `# Performance

Made by \`${command}\`; [performance.json](performance.json) has the same figures unrounded.

${table(['machine', ''], Object.entries(machine))}

What is compared was measured in turn, round by round, in processes that stay alive and are warm, with the
same number of threads. A time is the median of the rounds, in brackets the shortest and the longest. The result is made
of the two medians, and stands beside what it has to reach. performance.json also says how many cores each kept busy.

- The seed's script: a full batch of 1000 points, AdamW, PyTorch's defaults, written as a notebook has it (\`bench/peers/\`). Ours takes
  the same steps: tests compare its losses and weights with PyTorch's.
- PyTorch's best settings: the quickest of eager, the same with fused AdamW or in chunks of 2000 with inference mode and folded
  tables, and that compiled by \`torch.compile\`; the table names it.
- Its matrix products alone: a graph with nothing but the products of the seed's network, on the same onnxruntime; for
  sampling in the chunks that take it the least time.
- Training until the seed's quality: from the data to the weights, session and files included; distances are sliced
  Wasserstein-2 of 100,000 samples from fresh points ([quality.md](quality.md)), medians of up to three training seeds.
- A training step: the mean of a run's, ours from its first fifth on, a peer's in a run that goes on from round to round.
- In the browser: a page's own \`sample\`, from the call to the samples.
- Start-up, large files and evaluate: whole processes; memory is the largest resident set.

${tables(results)}

The time of \`sample\` on a sampler.onnx of an untrained network, DDPM: ${fixed}, but for what grows. Slopes are those of the
upper half of the points, on logarithmic axes; a slope of 1 is proportional. Width counts in every hidden layer, whose
products grow with its square.

${axes.map((axis) => `![time against ${axis}](${imageOf(axis)})`).join('\n')}
`
}

function measuredAgain(
  { command, machine }: { readonly command: string; readonly machine: Readonly<Record<string, string>> },
  before: Readonly<Record<string, string>>,
): string {
  const others = Object.entries(machine).filter(([name, value]) => value !== before[name])
  const versions = others.map(([name, value]) => `${name} ${value}`).join(', ')
  return `Measured by \`${command}\`${versions && `, with ${versions}`}.`
}

function growthTable(curves: readonly Curve[]): string {
  return table(
    ['against', 'threads', 'slope', 'from', 'to', 'farthest from the line'],
    curves.map(({ axis, threads, points, fit }) => [
      axis,
      String(threads),
      fit.slope.toFixed(2),
      String(fit.from),
      String(points.at(-1)!.x),
      `${number(100 * fit.farthest)} %`,
    ]),
  )
}

function heading(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1)
}
