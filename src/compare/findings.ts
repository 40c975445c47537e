import { exact, short } from '../core/format.ts'
import type { Parity } from '../evaluate/parity.ts'
import type { BisectReport } from './bisect.ts'
import type { CallsReport } from './calls.ts'
import type { GraphDeparture } from './locate.ts'
import type { ProcessReport } from './processes.ts'
import type { Comparison, ProviderReport } from './report.ts'

/** What is wrong, and where: a line each. */
export function findingsOf({ file, providers }: Comparison): string[] {
  return [
    ...file.problems.map((problem) => `the file: ${problem}`),
    // its problems stand among the file's
    ...(file.graph && !file.graph.pass
      ? [`the file's graph, ${partFinding({ ...file.graph, problems: [] })}`]
      : []),
    ...(file.departure ? [`the file: ${fileDeparture(file.departure)}`] : []),
    ...providers.flatMap((report) => providerFindings(report, file.pass)),
  ]
}

/** 'cuda, TF32' where that is on. */
export function labelOf({ provider, tf32 }: ProviderReport): string {
  return tf32 ? `${provider}, TF32` : provider
}

function providerFindings(report: ProviderReport, filePassed: boolean): string[] {
  const label = labelOf(report)
  const parts = [...(report.calls ? [report.calls] : []), ...report.processes]
  return [
    ...report.problems.map((problem) => `${label}: ${problem}`),
    ...parts.filter(({ pass }) => !pass).map((part) => `${label}, ${partFinding(part)}`),
    ...bisectFindings(report, filePassed).map((finding) => `${label}, bisected: ${finding}`),
  ]
}

/** The part that failed, its worst element and what is wrong beyond numbers. */
function partFinding(part: CallsReport | ProcessReport): string {
  const { worst } = part
  const what = 'calls' in part ? 'network calls' : `${part.sampler}, ${part.form}`
  const facts = [...part.problems]
  if ('calls' in part && worst)
    facts.push(`worst in ${part.at!.call}, row ${part.at!.row}, column ${part.at!.column}: ${values(worst)}`)
  if ('curve' in part) {
    if (part.firstPast !== null)
      facts.push(`past tolerance from state ${part.firstPast} (t = ${part.timesteps[part.firstPast] ?? 0})`)
    if (worst)
      facts.push(
        `worst in state ${part.at!.state}, row ${part.at!.row}, column ${part.at!.column}: ${values(worst)}`,
      )
  }
  const counts = nonFinite(part)
  if (counts) facts.push(counts)
  return `${what}: ${facts.join('; ')}`
}

function values({ actual, expected }: { readonly actual: number; readonly expected: number }): string {
  return Number.isNaN(expected) ? exact(actual) : `${exact(actual)}, right is ${exact(expected)}`
}

function nonFinite({ nan, inf, missing, misshapen }: Parity): string {
  const counts = [
    [nan.actual, 'NaN'],
    [inf.actual, 'infinite'],
    [nan.expected, "NaN of the judge's"],
    [inf.expected, "infinite of the judge's"],
    [missing, 'tensors missing'],
    [misshapen, 'tensors of another size'],
  ] as const
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ')
}

function fileDeparture({
  node,
  op,
  inputs,
  status,
  should,
  constants,
  worst,
  attributes,
}: GraphDeparture): string {
  const what = `${node} (${op} of ${inputs.join(', ')})`
  if (status === 'missing') return `it lacks the node ${what}`
  const facts: string[] = []
  if (status === 'extra') facts.push('an export has no such node')
  if (should)
    facts.push(
      should.op === op && should.inputs.join() === inputs.join()
        ? `its attributes are ${attributes}, right is ${should.attributes}`
        : `right is ${should.op} of ${should.inputs.join(', ')}`,
    )
  for (const { name, index, elements, ...pair } of constants)
    facts.push(`${name}[${index}] is ${values(pair)}${elements > 1 ? ` (${elements} elements differ)` : ''}`)
  if (worst) facts.push(`its output has ${values(worst)} at ${worst.index}`)
  return `the first node that departs is ${what}: ${facts.join('; ')}`
}

function bisectFindings({ bisect, pass }: ProviderReport, filePassed: boolean): string[] {
  const found = bisect.filter(({ departure, problem }) => departure || problem)
  if (found.length > 0 || bisect.length === 0) return found.map(bisectFinding)
  const none = `none of the ${bisect.map(({ graph, nodes }) => `${nodes} nodes of ${graph}`).join(' and ')} departs`
  if (pass) return [none]
  if (!filePassed) return [`${none} from what the file says: it is the file that is wrong`]
  return [
    `${none} once its output is asked for: what is wrong shows only where the runtime fuses nodes, or on other inputs`,
  ]
}

function bisectFinding({ graph, nodes, departure, problem }: BisectReport): string {
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
  const why = itself
    ? 'wrong on the inputs that it had'
    : 'right on the inputs that it had, which had drifted'
  return (
    `${graph}: the first of its ${nodes} nodes that departs is ${node} (${op} of ${inputs.join(', ')}): ${how}${where}; ` +
    (exposed === 'alone' ? 'it shows only while the rest is fused' : why)
  )
}
