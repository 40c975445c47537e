import { axes, type Curve } from './growth/curves.ts'
import { fixed } from './growth/figure.ts'
import { table } from './quality/report.ts'
import type { Results } from './results.ts'
import { number, rowsTable } from './table.ts'

export const imageOf = (axis: string) => `images/growth-${axis.toLowerCase()}.svg`

/** The machine and the tables, for a terminal. */
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

Moonstep and its peers were measured in turn, round by round, in warm processes that stay alive, with the same number of threads. A time is the
median of the rounds, with the shortest and the longest in brackets. The result compares the two medians, and stands beside its target.
performance.json also has the number of cores that each kept busy.

- The seed's script: a full batch of 1000 points, AdamW and PyTorch's defaults, written as in a notebook (\`bench/peers/\`). Moonstep takes the
  same steps: tests compare its losses and weights with PyTorch's.
- PyTorch's best settings: the fastest of eager mode, eager mode with fused AdamW or in chunks of 2000 with inference mode and folded tables, and
  \`torch.compile\`; the table names it.
- Its matrix products alone: a graph of only the products of the seed's network, on the same onnxruntime; for sampling, in the fastest chunk size.
- Training until the seed's quality: from the data to the weights, including the session and the files. Distances are sliced Wasserstein-2
  between 100,000 samples and fresh points ([quality.md](quality.md)), medians of up to three training seeds.
- A training step: the mean over a run; for Moonstep without the first fifth of the run, for a peer in a run that continues from round to round.
- In the browser: a page's own \`sample\`, from the call to the samples.
- Start-up, large files and evaluate: whole processes; memory is the maximum resident set.

${tables(results)}

The time is that of \`sample\` on a sampler.onnx of an untrained network, with DDPM: ${fixed}, except for the quantity that grows. Slopes are
fitted to the upper half of the points, on logarithmic axes; a slope of 1 is proportional. The width is that of every hidden layer, whose products
grow with its square.

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
    ['quantity', 'threads', 'slope', 'from', 'to', 'max distance from the line'],
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
