import type { Comparison } from '../../src/compare/compare.ts'
import { type CompareOptions, compareModel } from '../../src/compare/compare.ts'
import type { OpenSession, ProviderReport } from '../../src/compare/provider.ts'
import type { Reference } from '../../src/compare/reference.ts'
import { digestOf } from '../../src/core/bytes.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import type { TrainedModel } from '../../src/export/export-model.ts'
import type { Session } from '../../src/infer/session.ts'
import { cardKey, type ModelCard } from '../../src/model/card.ts'
import { createNodeSession, nodeProviders } from '../../src/node/providers.ts'
import { untrainedModel } from '../helpers/models.ts'
import { decodeModel, encodeModel, type IModel, type INode } from '../helpers/onnx.ts'

/** A network with the seed's layers, but narrow, so that a comparison takes no time. */
export const smallModel = untrainedModel({ T: 10, hidden: [12, 10, 8, 6] })

/** A comparison small enough for a test. */
export function compareSmall(
  bytes: Uint8Array,
  options: CompareOptions & { open?: OpenSession; reference?: Reference } = {},
): Promise<Comparison> {
  const { open = (model, request) => createNodeSession(model, request), reference, ...rest } = options
  return compareModel(bytes, 'the model', { providers: nodeProviders, open }, reference, {
    providers: ['cpu'],
    threads: 1,
    samples: 32,
    mainOnly: true,
    ...rest,
  })
}

export const onCpu = ({ providers }: Comparison): ProviderReport =>
  providers.find(({ provider }) => provider === 'cpu')!

/** A model with its graph or card changed, and the digests made anew unless they are to betray it. */
export function sabotaged(
  bytes: Uint8Array,
  edit: (model: IModel, card: ModelCard) => void,
  { stale = false } = {},
): Uint8Array {
  const model = decodeModel(bytes)
  const entry = model.metadataProps!.find(({ key }) => key === cardKey)!
  const card: ModelCard = JSON.parse(entry.value!)
  edit(model, card)
  const digests = Object.fromEntries(
    model.graph!.initializer!.map(({ name, rawData }) => [name!, digestOf(rawData!)]),
  )
  entry.value = JSON.stringify(stale ? card : { ...card, digests })
  return encodeModel(model)
}

/** Changes one number of an initializer. */
export function changeNumber(
  model: IModel,
  name: string,
  index: number,
  change: (x: number) => number,
): void {
  const tensor = model.graph!.initializer!.find((one) => one.name === name)!
  // a copy: the decoder's view is on the file itself
  tensor.rawData = Uint8Array.from(tensor.rawData!)
  const view = new DataView(tensor.rawData.buffer)
  view.setFloat32(4 * index, change(view.getFloat32(4 * index, true)), true)
}

export function nodeNamed(model: IModel, name: string): INode {
  const found = model.graph!.node!.find((node) => node.name === name)
  if (!found) throw new Error(`no node ${name}: ${model.graph!.node!.map((node) => node.name).join(' ')}`)
  return found
}

export function referenceOf({ config, weights }: TrainedModel, name = 'the run'): Reference {
  const { scaler, predictionType, schedule, T } = config
  return { name, weights, betas: createSchedule(schedule, T).betas, scaler, predictionType }
}

/** A backend whose answers are changed on the way out. */
export function lying(
  change: (
    outputs: Record<string, Float32Array>,
    feeds: Parameters<Session['run']>[0],
  ) => Record<string, unknown>,
): OpenSession {
  return async (bytes, options) => {
    const session = await createNodeSession(bytes, options)
    return {
      ...session,
      run: async (feeds, outputs) =>
        change(await session.run(feeds, outputs), feeds) as Record<string, Float32Array>,
    }
  }
}

/** A backend whose `epsilon` is changed on the way out, or left out. */
export const lyingAbout = (change: (epsilon: Float32Array) => unknown): OpenSession =>
  lying(({ epsilon, ...rest }) => ({ ...rest, ...(epsilon && { epsilon: change(epsilon) }) }))

/** A backend with a broken kernel: it runs another graph than it was given. */
export function miscomputing(edit: (model: IModel) => void): OpenSession {
  return async (bytes, options) => {
    const model = decodeModel(bytes)
    edit(model)
    return createNodeSession(encodeModel(model), options)
  }
}

/** A provider's sessions under the name of another: for those that `compare` takes as the reference. */
export function as(name: string, provider: string): OpenSession {
  return async (bytes, options) => ({
    ...(await createNodeSession(bytes, { ...options, provider })),
    provider: name,
  })
}
