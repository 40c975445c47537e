import { InputError, messageOf, outOfRange, requireIntegers } from '../../core/errors.ts'
import { counted, humanCount, humanSeconds, textTable } from '../../core/format.ts'
import { smallModel } from '../../export/export-model.ts'
import { networkOf } from '../../foreign/open-network.ts'
import { networkCall } from '../../foreign/sample.ts'
import { type MeasuredPoint, type MeasureOptions, measurePoint, measureRuns } from '../../infer/measure.ts'
import { internalsOf } from '../../infer/model.ts'
import {
  hardwareProviders,
  type ProviderDefinition,
  providersNamed,
  type Skipped,
} from '../../infer/provider.ts'
import type { SessionInfo } from '../../infer/session.ts'
import { isNetworkFolder, openNetwork } from '../../node/network.ts'
import { loadModel, type NodeLoadOptions, nodeProviders, type ProviderName } from '../../node/providers.ts'
import { type ArgumentsOf, defineCommand, modelArgument, nameList, numberList, option } from '../command.ts'
import { inputsOf, networkGiven, networkOptions, repeated, requireNoNetworkOptions } from '../network.ts'
import { describeProvider, noteSkipped, providerOptions } from '../options.ts'
import { createProgress, interruptible, note, printJson, printText, suggest } from '../output.ts'

const benched = nodeProviders.filter(({ isBenched }) => isBenched)
const namesOf = (providers: readonly ProviderDefinition[]) => providers.map(({ name }) => name).join(', ')

const benchOptions = {
  providers: option.text(`such as cpu,wasm [default: those of ${namesOf(benched)} that run here]`),
  batches: option.text('rows for each run', { default: '1,10,100,1000,10000,100000' }),
  seconds: option.number('seconds for each batch, after the warm-up', { default: 1 }),
  given: networkGiven,
  shape: networkOptions.shape,
  threads: providerOptions.threads,
  'device-id': providerOptions['device-id'],
} as const

type BenchArguments = ArgumentsOf<typeof benchOptions, typeof modelArgument>
type ProviderChoice = Pick<NodeLoadOptions, 'provider' | 'threads' | 'deviceId'>

/** Batches whose runs would take more than this multiple of a point's time are skipped. */
const patience = 10

export const command = defineCommand({
  options: benchOptions,
  positionals: modelArgument,
  examples: [
    ['$0 bench model.onnx', 'one network call on each provider that runs here'],
    ['$0 bench sampler.onnx --providers cpu,cuda', 'the whole process: from which batch is the GPU faster?'],
  ],
  epilogue:
    'First runs are reported separately (warm-up). For a provider in a browser, times include sending the data.',
  async handler(argv) {
    const names = nameList(argv.providers)
    const named = names && providersNamed(nodeProviders, names)
    const batches = batchesIn(argv.batches)
    if (!(argv.seconds > 0 && argv.seconds <= 3600))
      throw outOfRange('seconds', argv.seconds, 'give a number above 0, at most 3600')
    if (argv['device-id'] !== undefined && named && !named.some(takesDevice))
      throw new InputError(
        '--device-id is for provider cuda: leave it out, or name cuda in --providers',
        'conflict',
      )
    const skipped: Skipped[] = []
    const results: BenchedProvider[] = []
    let kind = ''
    const progress = createProgress()
    const isFolder = isNetworkFolder(argv.model)
    if (!isFolder) requireNoNetworkOptions(argv, ['given', 'shape'])
    await interruptible(async (signal) => {
      const chosen = named ?? (await hardwareProviders(benched, await smallModel(), skipped))
      const options = { seconds: argv.seconds, signal }
      for (const definition of chosen) {
        const start = performance.now()
        const provider = definition.name as ProviderName
        const deviceId = takesDevice(definition) ? argv['device-id'] : undefined
        const choice = { provider, threads: argv.threads, deviceId }
        // a provider that was not named may not run here; the first also reports errors of the model or the options
        const skip = (error: unknown): undefined => {
          if (named || definition === nodeProviders[0] || !(error instanceof InputError)) throw error
          skipped.push({ provider, reason: messageOf(error) })
        }
        progress.wait(`loading on ${provider}`)
        if (isFolder) {
          kind = 'network'
          if (definition.runsNodes === false && !named) continue
          const measured = await benchFolder(argv, choice, batches, options).catch(skip)
          if (measured) results.push(measured)
          continue
        }
        // what is measured makes no texts
        await using model = await loadModel(argv.model, { ...choice, withoutFaker: true }).catch(skip)
        if (!model) continue
        const loadSeconds = (performance.now() - start) / 1000
        kind = model.card.sampler ? 'sampler' : 'noise_predictor'
        note(`measuring ${describeProvider(model.info)}`)
        const { session, file } = internalsOf(model)
        const measured = await sweep(batches, options, (batch, done) => {
          progress.update({ stage: `measuring ${provider}`, unit: 'batches', done, count: batches.length })
          return measurePoint(session, file, batch, options)
        })
        results.push({ ...model.info, loadSeconds, ...measured })
      }
    }).finally(progress.stop)
    noteSkipped(skipped)
    const overtakes = overtakings(results)
    if (argv.json) printJson({ model: argv.model, kind, providers: results, skipped, overtakes })
    else printText(benchTable(kind, results, overtakes))
    const { provider } = fastest(results) ?? {}
    const out = isFolder ? 'samples.npy' : 'samples.csv'
    if (provider) suggest(['sample', argv.model, '--provider', provider, '--out', out])
  },
})

async function benchFolder(
  argv: BenchArguments,
  chosen: ProviderChoice,
  batches: readonly number[],
  options: MeasureOptions,
): Promise<BenchedProvider> {
  const start = performance.now()
  await using network = await openNetwork(argv.model, chosen)
  const loadSeconds = (performance.now() - start) / 1000
  note(`measuring ${describeProvider(network.info)}`)
  const measured = await sweep(batches, options, async (batch) => {
    const run = networkCall(networkOf(network), {
      count: batch,
      given: repeated(await inputsOf('given', argv.given), batch),
      shape: numberList('--shape', argv.shape),
    })
    return measureRuns(run, batch, options)
  })
  return { ...network.info, loadSeconds, ...measured }
}

/** Measures batches until one would take too long. */
async function sweep(
  batches: readonly number[],
  options: MeasureOptions,
  measure: (batch: number, done: number) => Promise<MeasuredPoint>,
): Promise<Pick<BenchedProvider, 'points' | 'leftOut'>> {
  const points: MeasuredPoint[] = []
  for (const [done, batch] of batches.entries()) {
    const last = points.at(-1)
    // time grows at most linearly with the batch, which dominates long runs
    const expected = last ? last.medianSeconds * (batch / last.batch) : 0
    if (last && last.medianSeconds > options.seconds / 10 && expected > patience * options.seconds) {
      const leftOut = `from batch ${humanCount(batch)} on, a run would take about ${humanSeconds(expected)}`
      return { points, leftOut }
    }
    points.push(await measure(batch, done))
  }
  return { points, leftOut: null }
}

const takesDevice = ({ takes }: ProviderDefinition) => takes?.includes('deviceId') ?? false

function batchesIn(text: string): number[] {
  const batches = requireIntegers('batches', numberList('--batches', text), 1, 10_000_000)
  return batches.sort((a, b) => a - b)
}

/** A provider's measurements; batches that would take too long are skipped. */
export interface BenchedProvider extends SessionInfo {
  /** Loading time of the session, including the self-test. */
  readonly loadSeconds: number
  readonly points: readonly MeasuredPoint[]
  readonly leftOut: string | null
}

/** A provider against cpu, by their medians. */
interface Overtaking {
  readonly provider: string
  /** The batch from which on it is faster at every measured batch; null if it is slower at the largest. */
  readonly batch: number | null
  /** Smaller batches at which it is faster as well. */
  readonly alsoAt: readonly number[]
}

export function overtakings(benched: readonly BenchedProvider[]): Overtaking[] {
  const cpu = benched.find(({ provider }) => provider === 'cpu')
  if (!cpu) return []
  return benched
    .filter((each) => each !== cpu)
    .map(({ provider, points }) => {
      const both = points.flatMap((point) => {
        const cpuPoint = cpu.points.find(({ batch }) => batch === point.batch)
        return cpuPoint ? [{ batch: point.batch, faster: point.medianSeconds < cpuPoint.medianSeconds }] : []
      })
      const lastSlower = both.findLastIndex(({ faster }) => !faster)
      const earlier = both.slice(0, Math.max(0, lastSlower)).filter(({ faster }) => faster)
      const alsoAt = earlier.map(({ batch }) => batch)
      return { provider, batch: both[lastSlower + 1]?.batch ?? null, alsoAt }
    })
}

/** The provider with the most samples a second at any batch; undefined if none was measured. */
export function fastest(benched: readonly BenchedProvider[]): BenchedProvider | undefined {
  const most = (each: BenchedProvider) =>
    Math.max(0, ...each.points.map(({ samplesPerSecond }) => samplesPerSecond))
  return [...benched].sort((a, b) => most(b) - most(a))[0]
}

/** The measurements as text: a row for each batch, and a line for each provider that overtakes cpu. */
export function benchTable(
  kind: string,
  benched: readonly BenchedProvider[],
  overtakes: readonly Overtaking[],
): string {
  const work = kind === 'sampler' ? 'a whole reverse process' : 'one network call'
  const header = ['batch', 'median', 'p10 to p90', 'samples/s', 'warm-up', 'runs']
  const lines = benched.flatMap((each) => {
    const rows = each.points.map((point) => [
      humanCount(point.batch),
      time(point.medianSeconds),
      `${time(point.p10Seconds)} to ${time(point.p90Seconds)}`,
      humanCount(Number(point.samplesPerSecond.toPrecision(3))),
      time(point.warmupSeconds),
      humanCount(point.runs),
    ])
    const threads = counted(each.threads, 'thread')
    const title = `${describeProvider(each)}: ${each.runtime}, ${threads}, loaded in ${humanSeconds(each.loadSeconds)}`
    const table = textTable([header, ...rows], { flushRight: () => true })
    return ['', title, ...[...table, each.leftOut ?? []].flat().map((line) => `  ${line}`)]
  })
  const verdicts = overtakes.map(({ provider, batch, alsoAt }) => {
    const small = `at batch ${alsoAt.map(humanCount).join(', ')}`
    if (batch !== null)
      return `${provider} is faster than cpu from batch ${humanCount(batch)} on${alsoAt.length > 0 ? `, and ${small}` : ''}`
    return alsoAt.length > 0
      ? `${provider} is faster than cpu ${small}, and slower at the other measured batches`
      : `${provider} is not faster than cpu at any measured batch`
  })
  if (verdicts.length > 0) verdicts.unshift('')
  return `${[`${work}, by rows at once`, ...lines, ...verdicts].join('\n')}\n`
}

/** 0.0000345 -> '34.5 us'. */
function time(seconds: number): string {
  const [factor, unit] = seconds < 1e-3 ? [1e6, 'us'] : seconds < 1 ? [1e3, 'ms'] : [1, 's']
  return `${Number((seconds * factor).toPrecision(3))} ${unit}`
}
