/** diffusers' schedulers that we follow, by class: each is a file with its settings and the plan that they ask for. */
import { ddim, ddpm } from './ddim.ts'
import { dpmSolver } from './dpm-solver.ts'
import { edmDpmSolver, edmEuler } from './edm.ts'
import { euler, eulerAncestral, heun } from './euler.ts'
import { flowEuler } from './flow.ts'
import { lcm } from './lcm.ts'
import { pndm } from './pndm.ts'
import { uniPC } from './unipc.ts'

export const schedulers = {
  DDIMScheduler: ddim,
  DDPMScheduler: ddpm,
  PNDMScheduler: pndm,
  EulerDiscreteScheduler: euler,
  EulerAncestralDiscreteScheduler: eulerAncestral,
  HeunDiscreteScheduler: heun,
  DPMSolverMultistepScheduler: dpmSolver,
  UniPCMultistepScheduler: uniPC,
  LCMScheduler: lcm,
  FlowMatchEulerDiscreteScheduler: flowEuler,
  EDMEulerScheduler: edmEuler,
  EDMDPMSolverMultistepScheduler: edmDpmSolver,
} as const
