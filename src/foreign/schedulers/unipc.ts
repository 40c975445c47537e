import * as v from 'valibot'
import { linspace } from '../../diffusion/schedule.ts'
import { expm1, log } from '../../numerics/elementary.ts'
import type { Level } from '../levels.ts'
import * as settings from '../settings.ts'
import { multistepLevels, multistepSample, multistepSettings } from './dpm-solver.ts'
import { chained, defineScheduler } from './scheduler.ts'

type Kind = 'bh1' | 'bh2'

const lambda = ({ sigma }: Level) => -log(sigma)

/**
 * UniPC, a predictor and a corrector without further calls. Zhao et al., "UniPC: a unified predictor-corrector framework
 * for fast sampling of diffusion models" (2023), algorithms 1 and 2, for predicted x_0.
 */
export const uniPC = defineScheduler(
  {
    ...multistepSettings,
    solver_order: settings.follows(2, 1, 3),
    // diffusers takes the names of DPM-Solver's and DEIS's for bh2
    solver_type: settings.follows('bh2', 'bh1', 'midpoint', 'heun', 'logrho'),
    predict_x0: settings.follows(true),
    solver_p: settings.follows(null),
    disable_corrector: v.optional(v.array(v.number()), []),
    shift_terminal: settings.follows(null),
    sigma_min: settings.numberOrNull,
    sigma_max: settings.numberOrNull,
  },
  (config, request) => {
    const isSpaced = config.use_karras_sigmas || config.use_exponential_sigmas || config.use_flow_sigmas
    const levels = multistepLevels(config, request, {
      isRounded: true,
      flowShares: (T, n) => linspace(1, 1 / T, n + 1),
      lowest: (table, sigmas) => (isSpaced ? sigmas.at(-1)! : table[0]!),
    })
    const steps = chained(levels)
    const kind = config.solver_type === 'bh1' ? 'bh1' : 'bh2'
    const orders = steps.map((_, i) => {
      const most = config.lower_order_final ? steps.length - i : config.solver_order
      return Math.min(config.solver_order, most, i + 1)
    })
    /** The levels of the calls up to a step, newest first. */
    const back = (i: number) => levels.slice(0, i + 1).reverse()
    return {
      steps,
      limit: settings.limitOf(config),
      sampleAt: multistepSample(config),
      forms(i) {
        const { from, to } = steps[i]!
        const ratio = Math.sqrt((1 - to.alphaBar) / (1 - from.alphaBar))
        const predicted = weightsOf(to, back(i), orders[i]!, kind, false)
        const isCorrected = i > 0 && !config.disable_corrector.includes(i - 1)
        // the state is the prediction, so the correction is the difference of both
        const corrected = isCorrected ? weightsOf(from, back(i - 1), orders[i - 1]!, kind, true) : []
        const undone = isCorrected ? [0, ...weightsOf(from, back(i - 1), orders[i - 1]!, kind, false)] : []
        const length = Math.max(predicted.length, corrected.length, undone.length)
        const calls = Array.from({ length }, (_, k) => ({
          x_t: k === 0 ? ratio : 0,
          x_0: ratio * ((corrected[k] ?? 0) - (undone[k] ?? 0)) + (predicted[k] ?? 0),
        }))
        return [{ t: 0, calls, noise: 0 }]
      },
    }
  },
)

/**
 * The shares of each predicted x_0 in the state at `to`: of the calls at `levels`, newest first, and with `corrects` first
 * that of the call at `to` itself.
 */
function weightsOf(
  to: Level,
  levels: readonly Level[],
  order: number,
  kind: Kind,
  corrects: boolean,
): number[] {
  const [from] = levels as [Level]
  const h = lambda(to) - lambda(from)
  const phi = expm1(-h)
  const B = kind === 'bh1' ? -h : phi
  const signal = Math.sqrt(to.alphaBar)
  const ratios = levels.slice(1, order).map((each) => (lambda(each) - lambda(from)) / h)
  const rhos = rhosOf([...ratios, 1], h, phi, B, corrects)
  const shares = ratios.map((ratio, k) => (-signal * B * rhos[k]!) / ratio)
  const corrected = corrects ? -signal * B * rhos.at(-1)! : 0
  const newest = -signal * phi - corrected - shares.reduce((sum, share) => sum + share, 0)
  return corrects ? [corrected, newest, ...shares] : [newest, ...shares]
}

/** The weights of the differences: the solution of sum_k rho_k r_k^(i - 1) = b_i; the predictor leaves the last out. */
function rhosOf(ratios: readonly number[], h: number, phi: number, B: number, corrects: boolean): number[] {
  const order = ratios.length
  if (order === 1) return corrects ? [0.5] : []
  if (order === 2 && !corrects) return [0.5]
  let [rest, factorial] = [phi / -h - 1, 1]
  const rows = ratios.map((_, i) => {
    const row = [...ratios.map((ratio) => ratio ** i), (rest * factorial) / B]
    factorial *= i + 2
    rest = rest / -h - 1 / factorial
    return row
  })
  if (corrects) return solved(rows)
  return solved(rows.slice(0, -1).map((row) => [...row.slice(0, order - 1), row[order]!]))
}

/** The solution of linear equations, each row of which ends by its right side; of those here, no pivot is 0. */
function solved(rows: number[][]): number[] {
  for (const [i, pivot] of rows.entries())
    for (const row of rows) {
      if (row === pivot) continue
      const factor = row[i]! / pivot[i]!
      for (let k = 0; k < row.length; k++) row[k]! -= factor * pivot[k]!
    }
  return rows.map((row, i) => row.at(-1)! / row[i]!)
}
