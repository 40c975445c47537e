import * as v from 'valibot'
import type { ScheduleConfig } from '../diffusion/schedule.ts'

const finite = v.pipe(v.number(), v.finite())

const betaRange = { betaStart: finite, betaEnd: finite }

/** A schedule: by itself, as the checks of options in a page need no other part of a card. */
export const scheduleSchema = v.variant('kind', [
  v.object({ kind: v.picklist(['linear', 'scaled_linear', 'sigmoid']), ...betaRange }),
  v.object({ kind: v.literal('polynomial'), ...betaRange, power: finite }),
  v.object({ kind: v.literal('squaredcos_cap_v2') }),
  v.object({ kind: v.literal('karras'), sigmaMin: finite, sigmaMax: finite, rho: finite }),
  v.object({ kind: v.literal('betas'), betas: v.pipe(v.array(finite), v.readonly()) }),
]) satisfies v.GenericSchema<unknown, ScheduleConfig>
