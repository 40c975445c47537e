import { bound, counted, exact, percent, short, shortAbove, significant } from '../core/format.ts'
import type { CallsReport, Form, ProcessReport } from './answers.ts'
import type { BisectReport } from './bisect.ts'
import type { Comparison } from './compare.ts'
import { type Block, sparkline, sparklineLegend } from './document.ts'
import type { CaseReport } from './expected.ts'
import { type Parity, scaleOfDrift } from './parity.ts'
import type { ProviderReport } from './provider.ts'

/** A comparison for people: the verdicts, the calls, the curves, the samples, the problems. */
export function describeComparison(comparison: Comparison): Block[] {
  const { providers, processes, tolerance, judge: reference, model, file } = comparison
  const refused = processes.flatMap(({ refused, sampler }) => (refused ? [[refused, sampler] as const] : []))
  const unavailable = providers.filter(({ available, pass }) => !available && pass !== false)
  const notRun = providers.flatMap((report) =>
    isNotRun(report) ? [[report.reason ?? '', labelOf(report)] as const] : [],
  )
  const notes = [
    ...grouped(refused).map(([reason, names]) => `not compared: ${names}: ${reason}`),
    ...processes.flatMap(driftLine),
    ...unavailable.map(
      ({ provider, reason }) =>
        `${provider} is not compared: ${reason?.replace('`providers`', '--providers')}`,
    ),
    ...grouped(notRun).map(([reason, names]) => `${names}: ${reason}`),
  ]
  const problems = [
    ...file.problems.map((problem) => `the file: ${problem}`),
    ...providers.flatMap((report) => providerLines(report, file.pass)),
  ]
  return [
    { kind: 'title', text: `${model} against ${reference.weightsOf ?? 'its own weights'} in float64` },
    { kind: 'text', text: toleranceLine(tolerance) },
    ...verdicts(comparison),
    ...callTable(providers),
    ...curves(providers),
    ...sampleTable(providers),
    ...[notes, problems]
      .filter(({ length }) => length > 0)
      .map((items) => ({ kind: 'list', items }) as const),
    { kind: 'text', text: conclusion(comparison) },
  ]
}

function toleranceLine({ class: name, call, process }: Comparison['tolerance']): string {
  const sum = ({ atol, rtol }: typeof call) => `${bound(atol)} + ${bound(rtol)} |right|`
  return `tolerance${name ? ` ${name}` : ''}: ${sum(call)} for a network call, ${sum(process)} for a state of a reverse process`
}

/** Notes processes with a larger tolerance because they amplify small differences. */
function driftLine({ sampler, drift }: CaseReport): string[] {
  const scale = scaleOfDrift(drift ?? 0)
  if (scale === 1) return []
  const grows = `${sampler}: a difference of 1e-6 in each call's state grows to ${short(drift!)}`
  return [`${grows}, so atol is ${short(scale)} times larger`]
}

/** A table with numbers in all columns but `text`; nothing without rows. */
function table(head: readonly string[], rows: readonly (readonly string[])[], text = [0]): Block[] {
  if (rows.length === 0) return []
  return [{ kind: 'table', rows: [head, ...rows], numbers: head.map((_, c) => !text.includes(c)) }]
}

function verdicts({ file, providers }: Comparison): Block[] {
  const head = ['', 'verdict', 'worst call', 'worst state', 'of tolerance', 'passes with', 'ran on']
  const ofFile = ['the file', file.pass ? 'pass' : 'FAIL', '-', '-', '-', '', '']
  const rows = providers.filter(({ available, pass }) => available || pass === false).map(verdictRow)
  return table(head, [ofFile, ...rows], [0, 1, 6])
}

/** Whether it did not run because the file is not what was exported. */
function isNotRun({ pass, available }: ProviderReport): boolean {
  return pass === false && !available
}

function verdictRow(report: ProviderReport): string[] {
  const { judge: isReference, pass, calls, processes, smallestAtol, runtime, adapter } = report
  const parts = [...(calls ? [calls] : []), ...processes]
  const share = Math.max(0, ...parts.map(({ smallest }) => smallest.factor))
  const none = isReference ? '0' : '-'
  const passing = Number.isFinite(smallestAtol) ? `atol ${shortAbove(smallestAtol!)}` : 'none'
  return [
    labelOf(report),
    isNotRun(report) ? 'not run' : isReference ? 'reference' : pass ? 'pass' : 'FAIL',
    calls ? short(calls.maxAbs) : none,
    processes.length > 0 ? short(Math.max(...processes.map(({ maxAbs }) => maxAbs))) : none,
    parts.length > 0 ? percent(share) : '-',
    smallestAtol === null || isReference ? '' : passing,
    [runtime ?? '', adapter].filter(Boolean).join(', '),
  ]
}

function callTable(providers: readonly ProviderReport[]): Block[] {
  const rows = providers.flatMap((report) => {
    const { calls } = report
    if (!calls) return []
    const { maxAbs, meanAbs, p99Abs, maxRel, meanRel, p99Rel, nan, inf } = calls
    const errors = [maxAbs, meanAbs, p99Abs, maxRel, meanRel, p99Rel].map(short)
    return [[labelOf(report), ...errors, String(nan.actual), String(inf.actual)]]
  })
  const count = providers.find(({ calls }) => calls)?.calls?.calls
  const head = ['max', 'mean', 'p99', 'max rel.', 'mean rel.', 'p99 rel.', 'NaN', 'Inf']
  return table([`network calls (${count})`, ...head], rows)
}

/** A row for each provider and sampler, with the forms side by side. */
function curves(providers: readonly ProviderReport[]): Block[] {
  const all = providers.flatMap(({ processes }) => processes)
  const has = (form: Form) => all.some((report) => report.form === form)
  const forms = (['model.onnx', 'sampler.onnx'] as const).filter(has)
  const rows = providers.flatMap((provider) => {
    const samplers = [...new Set(provider.processes.map(({ sampler }) => sampler))]
    return samplers.map((sampler, i) => {
      const reports = provider.processes.filter((report) => report.sampler === sampler)
      const cells = forms.flatMap((form) => curveCells(reports.find((report) => report.form === form)))
      const steps = counted(reports[0]!.timesteps.length, 'step')
      return [i === 0 ? labelOf(provider) : '', `${sampler}, ${steps}`, ...cells]
    })
  })
  const head = ['', 'max |difference| by state', ...forms.flatMap((form) => [form, 'max'])]
  const text = [0, 1, ...forms.map((_, f) => 2 + 2 * f)]
  return rows.length === 0 ? [] : [...table(head, rows, text), { kind: 'text', text: sparklineLegend }]
}

function curveCells(report: ProcessReport | undefined): [curve: string, max: string] {
  if (!report) return ['', '-']
  return [sparkline(report.curve), `${report.pass ? '' : 'FAIL '}${short(report.maxAbs)}`]
}

function sampleTable(providers: readonly ProviderReport[]): Block[] {
  const rows = providers.flatMap((report) => {
    if (!report.distances) return []
    const { distances } = report
    const cells = (['slicedWasserstein2', 'energyV'] as const).flatMap((name) => {
      const [distance, byChance] = [distances[name], distances.null[name]]
      return [significant(distance), significant(byChance), percent(distance / byChance)]
    })
    return [[labelOf(report), ...cells]]
  })
  const count = providers.find(({ distances }) => distances)?.distances?.samples ?? 0
  return table([counted(count, 'sample'), 'sliced W2', 'by chance', '', 'energy (V)', 'by chance', ''], rows)
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

function grouped(pairs: readonly (readonly [reason: string, name: string])[]): [string, string][] {
  const groups = new Map<string, string>()
  for (const [reason, name] of pairs)
    groups.set(reason, groups.has(reason) ? `${groups.get(reason)}; ${name}` : name)
  return [...groups]
}

/** 'cuda, TF32' if TF32 is on. */
function labelOf({ provider, tf32 }: ProviderReport): string {
  return tf32 ? `${provider}, TF32` : provider
}

function providerLines(report: ProviderReport, filePassed: boolean): string[] {
  const label = labelOf(report)
  const parts = [...(report.calls ? [report.calls] : []), ...report.processes]
  return [
    ...report.problems.map((problem) => `${label}: ${problem}`),
    ...parts.filter(({ pass }) => !pass).map((part) => `${label}, ${partLine(part)}`),
    ...bisectLines(report, filePassed).map((line) => `${label}, bisected: ${line}`),
  ]
}

/** The failed part, its worst element and other problems. */
function partLine(part: CallsReport | ProcessReport): string {
  const { worst, at } = part
  const title = 'calls' in part ? 'network calls' : `${part.sampler}, ${part.form}`
  const facts = [...part.problems]
  if ('curve' in part && part.firstPast !== null)
    facts.push(`past tolerance from state ${part.firstPast} (t = ${part.timesteps[part.firstPast] ?? 0})`)
  if (worst && at) {
    const where = 'call' in at ? at.call : `state ${at.state}`
    facts.push(`worst in ${where}, row ${at.row}, column ${at.column}: ${values(worst)}`)
  }
  const counts = nonFinite(part)
  if (counts) facts.push(counts)
  return `${title}: ${facts.join('; ')}`
}

function values({ actual, expected }: { readonly actual: number; readonly expected: number }): string {
  return Number.isNaN(expected) ? exact(actual) : `${exact(actual)}, right is ${exact(expected)}`
}

function nonFinite({ nan, inf, missing, misshapen }: Parity): string {
  const counts = {
    NaN: nan.actual,
    infinite: inf.actual,
    "NaN of the reference's": nan.expected,
    "infinite of the reference's": inf.expected,
    'tensors missing': missing,
    'tensors of another size': misshapen,
  }
  const some = Object.entries(counts).filter(([, count]) => count > 0)
  return some.map(([noun, count]) => `${count} ${noun}`).join(', ')
}

function bisectLines({ bisect, pass }: ProviderReport, filePassed: boolean): string[] {
  const departures = bisect.filter(({ departure, problem }) => departure || problem)
  if (departures.length > 0 || bisect.length === 0) return departures.map(bisectLine)
  const none = `none of the ${bisect.map(({ graph, nodes }) => `${counted(nodes, 'node')} of ${graph}`).join(' and ')} departs`
  if (pass) return [none]
  if (!filePassed) return [`${none} from the file's own graph: the file is wrong`]
  return [`${none} when its output is requested: the error shows only with fused nodes or other inputs`]
}

function bisectLine({ graph, nodes, departure, problem }: BisectReport): string {
  if (!departure) return `${graph}: ${problem}`
  const { node, op, inputs, parity, itself, exposed } = departure
  const { worst, missing, misshapen, maxAbs } = parity
  const how = missing
    ? 'its output is missing or not float32'
    : misshapen
      ? 'its output is of another size'
      : Number.isFinite(maxAbs)
        ? `off by ${short(maxAbs)}`
        : 'not finite'
  const where = worst ? `, worst at ${worst.index}: ${values(worst)}` : ''
  const why = itself ? 'wrong on its own inputs' : 'right on its own inputs, which had drifted'
  return (
    `${graph}: the first of its ${counted(nodes, 'node')} that departs is ${node} (${op} of ${inputs.join(', ')}): ${how}${where}; ` +
    (exposed === 'alone' ? 'it shows only while the rest is fused' : why)
  )
}
