/**
 * A model: its description, network, weights, card and run. compute/ evaluates it, heads/ are the kinds of
 * its last layer.
 */
import { chooseProcess, type Process, type ProcessChoice, type ProcessParts } from '../diffusion/process.ts'
import { checkSampler } from '../diffusion/samplers/index.ts'
import { createSchedule, spacedTimesteps } from '../diffusion/schedule.ts'
import {
  type Block,
  blocksOf,
  type CardEncoding,
  type Encoding,
  encodingOf,
} from '../table/encodings/encoding.ts'
import { type Candidates, oddsIn } from './candidates.ts'
import type { ModelCard } from './card.ts'
import { createNetwork, type Network, type NetworkTraits, postTraits, tableTraits } from './network.ts'
import type { RunConfig } from './run-config.ts'

/** A model as its card or its run's config.json describes it, read once, so that no other code reads their keys. */
export interface Description extends ProcessParts {
  readonly encoding: Encoding
  /** The blocks of the model's dimensions. */
  readonly blocks: readonly Block[]
  readonly network: Network
  /** How one of several candidates is chosen for each row; undefined if a row has one. */
  readonly candidates?: Candidates | undefined
  /** By row, the odds of rows of these columns to be real. Only if a row has several candidates. */
  odds(cells: readonly Float64Array[]): Float64Array
  /**
   * The process of a choice; without one the recommended process, or that of a sampler.onnx. Throws InputError if the
   * choice is out of range, or differs from the process of a sampler.onnx.
   */
  process(choice?: ProcessChoice): Process
}

/** Describes a model file by its card. */
export function describeCard(card: ModelCard): Description {
  const { T, predictionType, network, recommended, sampler } = card
  const schedule = createSchedule({ kind: 'betas', betas: card.schedule.betas }, T)
  const fixed = sampler && { sampler: checkSampler(sampler), timesteps: sampler.timesteps }
  return describe(card, network, { schedule, predictionType, recommended, fixed })
}

/** The parts of a config.json that describe a model. */
type DescribedConfig = CardEncoding & { readonly candidates?: Candidates | undefined } & Pick<
    RunConfig,
    'T' | 'schedule' | 'predictionType' | 'sampler' | 'numSteps' | 'hidden' | 'timeEmbedding' | 'network'
  >

/** Describes a run by its config.json. */
export function describeConfig(config: DescribedConfig): Description {
  const { T, predictionType, sampler, numSteps = T, hidden, timeEmbedding, network } = config
  const schedule = createSchedule(config.schedule, T)
  const recommended = { sampler, timesteps: spacedTimesteps(T, Math.min(numSteps, T)) }
  const parts = { schedule, predictionType, recommended }
  return describe(config, { hidden, timeEmbedding, ...network }, parts)
}

function describe(
  columns: CardEncoding & { readonly candidates?: Candidates | undefined },
  { hidden, timeEmbedding: time, ...stored }: ModelCard['network'],
  parts: ProcessParts,
): Description {
  const encoding = encodingOf(columns)
  const blocks = blocksOf(encoding)
  const given = Object.entries(stored).filter(([, trait]) => trait !== undefined)
  const traits = { hidden, time, ...defaultTraits[time.kind], ...Object.fromEntries(given) } as NetworkTraits
  const network = createNetwork(traits, blocks, parts.schedule.alphaBars)
  /** Creating it takes longer than a single sample. */
  let defaultProcess: Process | undefined
  let odds: ReturnType<typeof oddsIn> | undefined
  return {
    ...parts,
    encoding,
    blocks,
    network,
    candidates: columns.candidates,
    odds(cells) {
      odds ??= oddsIn(columns.candidates!, encoding.columns)
      return odds(cells)
    },
    process(choice = {}) {
      if (Object.values(choice).some((value) => value !== undefined)) return chooseProcess(parts, choice)
      defaultProcess ??= chooseProcess(parts, {})
      return defaultProcess
    },
  }
}

/** The traits of formats 1 and 2, which follow from the embedding of t. */
const defaultTraits = { one_hot_linear: postTraits, sinusoidal_mlp: postTraits, log_sigma: tableTraits }

/** A network's traits as written on a card and in config.json: only what formats 1 and 2 don't take for granted. */
export function unusualTraits({
  time,
  activation,
  residual,
  takesCondition,
  head,
}: Omit<NetworkTraits, 'hidden'>): Omit<NetworkTraits, 'hidden' | 'time'> | undefined {
  const traits = { activation, residual, takesCondition, head }
  const defaults: typeof traits = defaultTraits[time.kind]
  const isDefault = (Object.keys(traits) as (keyof typeof traits)[]).every(
    (name) => traits[name] === defaults[name],
  )
  return isDefault ? undefined : traits
}
