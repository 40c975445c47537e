import { bound, percent, short, shortAbove, significant } from '../core/format.ts'
import { type Block, sparkline, sparklineLegend } from './document.ts'
import { labelOf, problemLines } from './problems.ts'
import type { CallsReport, Comparison, ProcessReport, ProviderReport } from './report.ts'

/** A comparison as a reader wants it: the verdicts, the calls, the curves, the samples, what is wrong. */
export function describeComparison(comparison: Comparison): Block[] {
  const { providers, processes, tolerance, judge, model } = comparison
  const problems = problemLines(comparison)
  const notes = [
    ...grouped(
      processes.flatMap(({ sampler, refused }) => (refused ? [[refused, sampler] as const] : [])),
    ).map(([reason, samplers]) => `not compared: ${samplers.join('; ')}: ${reason}`),
    ...providers.flatMap(({ available, pass, reason, provider }) =>
      available || pass === false ? [] : [`${provider} is not available: ${reason}`],
    ),
    ...grouped(
      providers.flatMap((report) =>
        report.pass === false && report.reason ? [[report.reason, labelOf(report)] as const] : [],
      ),
    ).map(([reason, labels]) => `${labels.join('; ')}: ${reason}`),
  ]
  return [
    { kind: 'title', text: `${model} against ${judge.weightsOf ?? 'its own weights'} in float64` },
    { kind: 'text', text: toleranceLine(tolerance) },
    verdicts(comparison),
    ...callTable(providers),
    ...curves(providers),
    ...sampleTable(providers),
    ...(notes.length > 0 ? [{ kind: 'list', items: notes } as const] : []),
    ...(problems.length > 0 ? [{ kind: 'list', items: problems } as const] : []),
    { kind: 'text', text: conclusion(comparison) },
  ]
}

function toleranceLine({ class: name, call, process }: Comparison['tolerance']): string {
  const sum = ({ atol, rtol }: typeof call) => `${bound(atol)} + ${bound(rtol)} |right|`
  return `tolerance${name ? ` ${name}` : ''}: ${sum(call)} for a network call, ${sum(process)} for a state of a reverse process`
}

function verdicts({ file, providers }: Comparison): Block {
  const rows = [
    ['', 'verdict', 'worst call', 'worst state', 'of tolerance', 'passes with', 'ran on'],
    ['the file', file.pass ? 'pass' : 'FAIL', '-', '-', '-', '', ''],
    ...providers.filter(({ available, pass }) => available || pass === false).map(verdictRow),
  ]
  return { kind: 'table', rows, numbers: [false, false, true, true, true, true, false] }
}

/** Because the file is not what was exported. */
function isNotRun({ pass, available }: ProviderReport): boolean {
  return pass === false && !available
}

function verdictRow(report: ProviderReport): string[] {
  const { judge, pass, calls, processes, smallestAtol, runtime, adapter } = report
  const parts = [...(calls ? [calls] : []), ...processes]
  const share = Math.max(0, ...parts.map(({ smallest }) => smallest.factor))
  return [
    labelOf(report),
    isNotRun(report) ? 'not run' : judge ? 'reference' : pass ? 'pass' : 'FAIL',
    calls ? short(calls.maxAbs) : judge ? '0' : '-',
    processes.length > 0 ? short(Math.max(...processes.map(({ maxAbs }) => maxAbs))) : judge ? '0' : '-',
    parts.length > 0 ? percent(share) : '-',
    smallestAtol === null || judge
      ? ''
      : Number.isFinite(smallestAtol)
        ? `atol ${shortAbove(smallestAtol)}`
        : 'none',
    [runtime ?? '', adapter].filter(Boolean).join(', '),
  ]
}

function callTable(providers: readonly ProviderReport[]): Block[] {
  const called = providers.flatMap((report) => (report.calls ? [{ report, calls: report.calls }] : []))
  if (called.length === 0) return []
  const row = (label: string, c: CallsReport) => [
    label,
    ...[c.maxAbs, c.meanAbs, c.p99Abs, c.maxRel, c.meanRel, c.p99Rel].map(short),
    String(c.nan.actual),
    String(c.inf.actual),
  ]
  const head = `network calls (${called[0]!.calls.calls})`
  return [
    {
      kind: 'table',
      rows: [
        [head, 'max', 'mean', 'p99', 'max rel.', 'mean rel.', 'p99 rel.', 'NaN', 'Inf'],
        ...called.map(({ report, calls }) => row(labelOf(report), calls)),
      ],
      numbers: [false, true, true, true, true, true, true, true, true],
    },
  ]
}

/** A row a provider and sampler, with the forms beside each other. */
function curves(providers: readonly ProviderReport[]): Block[] {
  const all = providers.flatMap(({ processes }) => processes)
  const forms = (['model.onnx', 'sampler.onnx'] as const).filter((form) =>
    all.some((report) => report.form === form),
  )
  const rows = providers.flatMap((provider) => {
    const samplers = [...new Set(provider.processes.map(({ sampler }) => sampler))]
    return samplers.map((sampler, i) => {
      const own = provider.processes.filter((report) => report.sampler === sampler)
      const cells = forms.flatMap((form) => curveCells(own.find((report) => report.form === form)))
      return [i === 0 ? labelOf(provider) : '', `${sampler}, ${own[0]!.timesteps.length} steps`, ...cells]
    })
  })
  if (rows.length === 0) return []
  const head = ['', 'max |difference| by state', ...forms.flatMap((form) => [form, 'max'])]
  const numbers = [false, false, ...forms.flatMap(() => [false, true])]
  return [
    { kind: 'table', rows: [head, ...rows], numbers },
    { kind: 'text', text: sparklineLegend },
  ]
}

function curveCells(report: ProcessReport | undefined): [curve: string, max: string] {
  if (!report) return ['', '-']
  return [sparkline(report.curve), `${report.pass ? '' : 'FAIL '}${short(report.maxAbs)}`]
}

function sampleTable(providers: readonly ProviderReport[]): Block[] {
  const rows = providers.flatMap((report) => {
    const { distances } = report
    if (!distances) return []
    const { slicedWasserstein2: w, energyV: e, null: chance } = distances
    return [
      [
        labelOf(report),
        ...[w, chance.slicedWasserstein2].map(significant),
        percent(w / chance.slicedWasserstein2),
        ...[e, chance.energyV].map(significant),
        percent(e / chance.energyV),
      ],
    ]
  })
  const first = providers.find(({ distances }) => distances)?.distances
  if (!first) return []
  return [
    {
      kind: 'table',
      rows: [
        [`${first.samples} samples`, 'sliced W2', 'by chance', '', 'energy (V)', 'by chance', ''],
        ...rows,
      ],
      numbers: [false, true, true, true, true, true, true],
    },
  ]
}

function conclusion({ pass, providers, file }: Comparison): string {
  const failed = [
    ...(file.pass ? [] : ['the file']),
    ...providers.filter((report) => report.pass === false && !isNotRun(report)).map(labelOf),
  ]
  if (!pass) return `FAIL: ${failed.join('; ')}`
  const passed = providers.filter((report) => report.pass && !report.judge).map(labelOf)
  return `pass${passed.length > 0 ? `: ${passed.join('; ')}` : ''}`
}

/** Names by what is said of them. */
function grouped(pairs: readonly (readonly [reason: string, name: string])[]): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const [reason, name] of pairs) groups.set(reason, [...(groups.get(reason) ?? []), name])
  return [...groups]
}
