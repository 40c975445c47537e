import { exact, short } from '../core/format.ts'
import type { Parity } from './parity.ts'
import type { BisectReport, CallsReport, Comparison, ProcessReport, ProviderReport } from './report.ts'

/** What is wrong, and where: a line each. */
export function problemLines({ file, providers }: Comparison): string[] {
  return [
    ...file.problems.map((problem) => `the file: ${problem}`),
    ...providers.flatMap((report) => providerLines(report, file.pass)),
  ]
}

/** 'cuda, TF32' where that is on. */
export function labelOf({ provider, tf32 }: ProviderReport): string {
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

/** The part that failed, its worst element and what is wrong beyond numbers. */
function partLine(part: CallsReport | ProcessReport): string {
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
    [nan.expected, "NaN of the reference's"],
    [inf.expected, "infinite of the reference's"],
    [missing, 'tensors missing'],
    [misshapen, 'tensors of another size'],
  ] as const
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ')
}

function bisectLines({ bisect, pass }: ProviderReport, filePassed: boolean): string[] {
  const found = bisect.filter(({ departure, problem }) => departure || problem)
  if (found.length > 0 || bisect.length === 0) return found.map(bisectLine)
  const none = `none of the ${bisect.map(({ graph, nodes }) => `${nodes} nodes of ${graph}`).join(' and ')} departs`
  if (pass) return [none]
  if (!filePassed) return [`${none} from what the file says: it is the file that is wrong`]
  return [
    `${none} once its output is asked for: what is wrong shows only where the runtime fuses nodes, or on other inputs`,
  ]
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
  const why = itself
    ? 'wrong on the inputs that it had'
    : 'right on the inputs that it had, which had drifted'
  return (
    `${graph}: the first of its ${nodes} nodes that departs is ${node} (${op} of ${inputs.join(', ')}): ${how}${where}; ` +
    (exposed === 'alone' ? 'it shows only while the rest is fused' : why)
  )
}
