import { InputError } from '../core/errors.ts'
import { choiceOf } from '../diffusion/samplers/index.ts'
import { exportSampler } from '../export/export-model.ts'
import { callsOf, type JudgedCall, judgeCalls } from './calls.ts'
import { type Distances, distancesOf } from './distances.ts'
import type { Judge } from './judge.ts'
import { type Plan, seeds, withSeed } from './plans.ts'
import { type JudgedPlan, judgePlan } from './processes.ts'
import type { PlanReport } from './report.ts'
import { ownWeights, type Subject } from './subject.ts'

/** A process, and the whole of it as one graph with its outputs: the file itself, or made of its weights. */
export interface Process extends JudgedPlan {
  readonly graph: { readonly bytes: Uint8Array; readonly outputs: readonly string[] }
}

/** All that a provider goes through: made once, the same for each. */
export interface Trial {
  readonly subject: Subject
  /** None of a sampler.onnx. */
  readonly calls: readonly JudgedCall[]
  readonly processes: readonly Process[]
  /** Of two sets that the judge drew from different noise. */
  readonly chance: Distances | undefined
}

export interface TrialOptions {
  readonly signal?: AbortSignal | undefined
  /** Told of each part that is judged. */
  readonly onPart: (part: string) => void
}

/** Parts that `prepareTrial` tells of. */
export function trialParts(plans: readonly Plan[]): number {
  return plans.length + 2
}

/** Has the judge answer everything that providers will be asked. Errors: the signal's reason. */
export async function prepareTrial(
  subject: Subject,
  judge: Judge,
  plans: readonly Plan[],
  { signal, onPart }: TrialOptions,
): Promise<{ readonly trial: Trial; readonly plans: readonly PlanReport[] }> {
  const calls = judge.predict ? await judgeCalls(callsOf(subject), judge, signal) : []
  onPart('network calls')
  const processes: Process[] = []
  const reports: PlanReport[] = []
  for (const plan of plans) {
    const { process, refused } = await prepare(subject, judge, plan, signal)
    if (process) processes.push(process)
    reports.push({ sampler: plan.name, timesteps: plan.timesteps, samples: plan.x_T.count, refused })
    onPart(plan.name)
  }
  const main = processes.find((process) => process.main)
  const second = main && (await judge.process(withSeed(subject, main, seeds.second), signal)).at(-1)!
  const chance = main && (await distancesOf(main.states.at(-1)!, second!, subject.network.dim, signal))
  onPart('samples')
  return { trial: { subject, calls, processes, chance }, plans: reports }
}

/** A process judged, or why there is none: its steps are refused, or float32 can't hold its states. */
async function prepare(
  subject: Subject,
  judge: Judge,
  plan: Plan,
  signal: AbortSignal | undefined,
): Promise<{ process: Process | undefined; refused: string | null }> {
  try {
    const judged = await judgePlan(plan, judge, signal)
    return { process: { ...judged, graph: await graphOf(subject, plan) }, refused: null }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { process: undefined, refused: error.message }
  }
}

async function graphOf(subject: Subject, { config, timesteps }: Plan): Promise<Process['graph']> {
  const { file, bytes } = subject
  if (file.isSampler) return { bytes, outputs: file.outputs }
  const { betas } = file.card.schedule
  const { integerColumns, scaler, predictionType, T, columns, recommended } = file.card
  const made = await exportSampler(
    {
      config: {
        T,
        schedule: { kind: 'betas', betas },
        scaler,
        columns,
        integerColumns,
        predictionType,
        sampler: recommended.sampler,
      },
      weights: ownWeights(subject),
    },
    { ...choiceOf(config), timesteps, trajectory: true, onWarning: () => {} },
  )
  return { bytes: made, outputs: ['x_0', 'samples', 'trajectory'] }
}
