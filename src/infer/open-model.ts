import { InputError, messageOf } from '../core/errors.ts'
import { anything, flag, type OptionChecks, text } from '../core/options.ts'
import { goldenCallCondition, goldenCondition } from '../model/card.ts'
import { pointsFromRows } from '../numerics/points.ts'
import { type ModelFile, readModel } from '../onnx/read.ts'
import type { Column } from '../table/table.ts'
import { keepInternals, type LoadOptions, type Model } from './model.ts'
import {
  firstOf,
  type Provider,
  type Providers,
  providerNamed,
  providersOfAuto,
  type Skipped,
  startSession,
} from './provider.ts'
import { sample, sampleStream } from './sample.ts'
import {
  asyncDispose,
  conditionFeeds,
  infoOf,
  type Session,
  sessionPredictor,
  tensorOf,
  Uses,
} from './session.ts'

export const loadChecks: OptionChecks<LoadOptions> = {
  provider: text,
  // checked by each provider's sessions
  threads: anything,
  deviceId: anything,
  tf32: flag,
  selfTest: flag,
  withoutFaker: flag,
}

export async function openModel(
  bytes: Uint8Array,
  name: string,
  providers: Providers,
  { provider: wanted = providers[0].name, selfTest: test = true, withoutFaker, ...options }: LoadOptions,
): Promise<Model> {
  const byAuto = providersOfAuto(providers)
  const others = byAuto.length > 0 ? ['auto'] : []
  const named = others.includes(wanted) ? undefined : providerNamed(providers, wanted, others)
  const file = readModel(bytes, name)
  const start = async (provider: Provider) => {
    const given = provider.encode?.(file) ?? bytes
    const session = await startSession(providers, provider, given, options)
    if (test) await requirePass(name, file, session, providers)
    return { provider, session, given }
  }
  const skipped: Skipped[] = []
  const { provider, session, given } = named ? await start(named) : await firstOf(byAuto, start, skipped)
  const uses = new Uses()
  const generator = await generatorFor(file.description.encoding.columns, withoutFaker)
  const workers = provider.createWorkers?.(given, { file, session })
  const dispose = () =>
    uses.close(async () => {
      await workers?.end()
      await session.release()
    }, `${name} was disposed of: load it again`)
  const model: Model = {
    card: file.card,
    info: infoOf(session),
    skipped,
    sample: (of) => sample(model, of),
    sampleStream: (of) => sampleStream(model, of),
    dispose,
    [asyncDispose]: dispose,
  }
  keepInternals(model, { file, session, uses, workers, generator, chunkSize: provider.chunkSize })
  return model
}

/** Loads what makes texts only for a model that has some. */
async function generatorFor(columns: readonly Column[], withoutFaker: boolean | undefined) {
  if (!columns.some(({ maker }) => maker)) return undefined
  const { generatorOf } = await import('../table/generated/index.ts')
  return generatorOf(columns, { withoutFaker })
}

/** Releases a session unless it passes the self-test. */
async function requirePass(name: string, file: ModelFile, session: Session, providers: Providers) {
  const { provider } = session
  try {
    const { pass, worst } = await selfTest(file, session).catch((error) => {
      // WebGPU compiles a graph's shaders in its first run, so unsupported ones fail only now
      const problem = `provider ${provider} can't run ${name}: ${messageOf(error).split('\n')[0]}`
      throw new InputError(problem, 'not-available')
    })
    if (pass) return
    const other = providers.find((each) => each.name !== provider)
    throw new InputError(
      `${name} fails its self-test on ${provider}: the outputs differ from the card's golden vectors by ${worst}: ` +
        `use another provider${other ? `, such as ${other.name}` : ''}`,
      'bad-model',
    )
  } catch (error) {
    await session.release().catch(() => {})
    throw error
  }
}

type Tolerance = Readonly<Record<'absolute' | 'relative', number>>

/** Tolerances against the float64 reference, for a network call and for a whole reverse process. */
const tolerances = {
  float32: { call: { absolute: 1e-5, relative: 1e-4 }, sample: { absolute: 1e-4, relative: 1e-4 } },
  /** TF32 keeps ten bits of a product's factors, so its tolerance is its measured error (docs/compare.md). */
  tf32: { call: { absolute: 2e-2, relative: 1e-2 }, sample: { absolute: 2e-1, relative: 1e-2 } },
}

/** Compares a session's outputs with the card's golden vectors. `worst` is the largest difference, or NaN. */
export async function selfTest({ card, isSampler }: ModelFile, session: Session) {
  const { call, sample } = session.tf32 ? tolerances.tf32 : tolerances.float32
  if (isSampler && card.goldenSample) {
    const { x_T, noise, x_0 } = card.goldenSample
    const points = pointsFromRows(x_T)
    const rows = Float32Array.from(noise.flat(2))
    const dims = [noise.length, points.count, points.dim]
    const condition = goldenCondition(card.goldenSample)
    const feeds = {
      x_T: tensorOf(points),
      ...(noise.length > 0 ? { noise: { data: rows, dims } } : {}),
      ...(condition && conditionFeeds(condition)),
    }
    const outputs = await session.run(feeds, ['x_0'])
    return compare(outputs.x_0!, x_0.flat(), sample)
  }
  const x_t = pointsFromRows(card.golden.map((call) => call.x_t))
  const timesteps = card.golden.map(({ t }) => t)
  const predictor = sessionPredictor(session, card.predictionType)
  const { data } = await predictor.predict(x_t, timesteps, goldenCallCondition(card))
  const expected = card.golden.flatMap(({ output }) => output)
  return compare(data, expected, call)
}

function compare(actual: Float32Array, expected: readonly number[], tolerance: Tolerance) {
  const { absolute, relative } = tolerance
  // float32 rounds relative to the terms of a sum: an output near 0 from terms near 1e6 is off by 0.1
  const size = Math.max(1, ...expected.map(Math.abs))
  let worst = actual.length === expected.length ? 0 : Number.NaN
  let pass = actual.length === expected.length
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs(actual[i]! - value)
    if (!(difference <= worst)) worst = difference
    if (!(difference <= absolute * size + relative * Math.abs(value))) pass = false
  }
  return { pass, worst }
}
