import { InputError, messageOf } from '../core/errors.ts'

/** What onnxruntime says of a network that a provider can't run, as what we say after the network's name. */
const forms: readonly [RegExp, (parts: readonly string[], opset: string) => string][] = [
  [
    /Could not find an implementation for (\S+?)\(\d+\) node with name '(.*?)'/,
    ([op, node], opset) => lacking(op!, node!, opset),
  ],
  [
    /Provider type for (\S+) node with name '(.*?)' is not set/,
    ([op, node], opset) => lacking(op!, node!, opset),
  ],
  [
    /Type '(.*?)' of input parameter \(.*?\) of operator \((.*?)\) in node \((.*?)\) is invalid/,
    ([type, op, node], opset) =>
      `operator ${op} of${opset} takes no ${type}${at(node!)}: export the network as float32`,
  ],
  [
    /No Op registered for (\S+) with domain_version of (\d+)/,
    ([op, opset]) =>
      `opset ${opset} has no operator ${op}: export the network with an opset that has it, or without it`,
  ],
  [
    /(?:([^\s:]+):)?([^\s:(]+)\(-?\d+\) is not a registered function\/op/,
    ([domain, op], opset) =>
      `it has no operator ${op} of ${domain ? `domain ${domain}` : opset.trim()}: export the network for ONNX's own operators`,
  ],
  [
    /Opset (\d+) is under development[\s\S]*is till opset (\d+)/,
    ([opset, last]) =>
      `it knows operators up to opset ${last}, and these are of ${opset}: export the network with opset ${last}`,
  ],
]

/** No message of onnxruntime that names an operator is longer, unless a network's names make it so. */
const longestMessage = 1000

function lacking(op: string, node: string, opset: string): string {
  return `it has no operator ${op} of${opset} for the types${at(node)}: use another provider, or export the network as float32`
}

function at(node: string): string {
  return node === '' ? '' : ` at node ${node}`
}

/**
 * An error of a provider that can't run a network, as a line that names the operator, its opset and the provider.
 *
 * @returns The error itself, if onnxruntime's message names no operator.
 */
export async function namingOperator(
  error: unknown,
  { provider, name, bytes }: { readonly provider: string; readonly name: string; readonly bytes: Uint8Array },
): Promise<unknown> {
  // names in it are of any length, and the expressions above are not linear
  const message = messageOf(error).slice(0, longestMessage)
  for (const [form, lineOf] of forms) {
    const match = form.exec(message)
    if (!match) continue
    // loaded for the line alone, so that a page need not have it
    const { opsetOf } = await import('../onnx/proto.ts')
    const problem = lineOf(match.slice(1), ` opset ${opsetOf(bytes)}`)
    return new InputError(`provider ${provider} can't run ${name}: ${problem}`, 'not-available')
  }
  return error
}
