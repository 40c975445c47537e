import { InputError, messageOf } from '../core/errors.ts'
import type { NetworkModel } from '../foreign/open-network.ts'
import type { NetworkSampleOptions } from '../foreign/sample.ts'
import type { NetworkSource } from '../foreign/sources.ts'
import { hardwareProviders, providersNamed, type Skipped } from '../infer/provider.ts'
import { infoOf, type SessionInfo } from '../infer/session.ts'
import { openNetwork } from '../node/network.ts'
import { nodeProviders, type ProviderName } from '../node/providers.ts'

/** How `compareNetwork` samples, and on what. */
export interface NetworkCompareOptions extends Omit<NetworkSampleOptions, 'count' | 'onStep'> {
  /** Samples. Default: 4. */
  readonly count?: number | undefined
  /** Default: all that run in hardware here. The first one is what others are compared with. */
  readonly providers?: readonly string[] | undefined
  /** The largest difference, as a share of the largest value. Default: 1e-3. */
  readonly rtol?: number | undefined
  readonly threads?: number | undefined
  readonly deviceId?: number | undefined
}

/** The samples of a provider beside those of the first one. */
export interface NetworkProviderReport extends SessionInfo {
  /** The largest difference, as a share of the largest value; 0 for the first provider. */
  readonly difference: number
  readonly pass: boolean
  readonly seconds: number
}

export interface NetworkComparison {
  readonly pass: boolean
  readonly rtol: number
  readonly numSteps: number
  readonly providers: readonly NetworkProviderReport[]
  /** Providers that don't run it here, and why. */
  readonly skipped: readonly Skipped[]
}

/** Few steps: differences grow with them, and a network without a reference has no right ones. */
const fewSteps = 10

/**
 * Compares the samples of a network that others trained between providers: there is no reference for it.
 *
 * @param source - The network, as for `openNetwork`.
 * @param options - Providers, how to sample, and what is tolerated.
 * @returns The largest difference of each provider from the first.
 * @throws InputError as `openNetwork` and `sample` do, for the first provider and for those that are named.
 * @example
 * const { pass } = await compareNetwork('digits', { providers: ['cpu', 'wasm'], given: { class_labels: 3 } })
 */
export async function compareNetwork(
  source: NetworkSource,
  options: NetworkCompareOptions = {},
): Promise<NetworkComparison> {
  const { providers: names, rtol = 1e-3, threads, deviceId, ...sampling } = options
  const able = nodeProviders.filter(({ runsNodes }) => runsNodes !== false)
  const skipped: Skipped[] = []
  const chosen = names
    ? providersNamed(able, names)
    : await hardwareProviders(able, new Uint8Array(), skipped)
  const { timesteps, numSteps = timesteps?.length ?? fewSteps } = sampling
  const reports: NetworkProviderReport[] = []
  let first: Float32Array | undefined
  for (const { name, takes } of chosen) {
    const provider = name as ProviderName
    const onGpu = takes?.includes('deviceId') ? { deviceId } : {}
    let network: NetworkModel
    try {
      network = await openNetwork(source, { provider, threads, ...onGpu })
    } catch (error) {
      if (names || !first || !(error instanceof InputError)) throw error
      skipped.push({ provider, reason: messageOf(error) })
      continue
    }
    try {
      const { count = 4 } = sampling
      const result = await network.sample({ ...sampling, count, ...(timesteps ? {} : { numSteps }) })
      first ??= result.data
      const difference = differenceOf(result.data, first)
      reports.push({ ...infoOf(result), difference, pass: difference <= rtol, seconds: result.seconds })
    } finally {
      await network.dispose()
    }
  }
  return { pass: reports.every(({ pass }) => pass), rtol, numSteps, providers: reports, skipped }
}

/** NaN, which passes no bound, if a value is none. */
function differenceOf(data: Float32Array, first: Float32Array): number {
  let [worst, largest] = [0, 0]
  for (const [i, value] of first.entries()) {
    const difference = Math.abs(data[i]! - value)
    if (!(difference <= worst)) worst = difference
    largest = Math.max(largest, Math.abs(value))
  }
  return worst / largest
}
