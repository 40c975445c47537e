import type { SamplerConfig } from '../../src/diffusion/samplers/index.ts'
import { golden } from './golden.ts'
import { reference } from './models.ts'

type Matrix = number[][]

/** The states that a sampler passes on the reference model, by a script that shares no code with ours. */
export interface GoldenPath {
  readonly name: string
  readonly sampler: SamplerConfig
  readonly timesteps: readonly number[]
  readonly x_T: Matrix
  /** Of each step; none of a sampler without noise. */
  readonly noise: readonly Matrix[]
  readonly trajectory: readonly Matrix[]
}

type Path = Pick<GoldenPath, 'timesteps' | 'trajectory'>

interface Start {
  x_T: Matrix
  noise: Matrix[]
}

const { x_T, noise } = golden<Start>('general_steps.json')

/** Paths of a file, which begin at its own start points or else at those of general_steps.json. */
function pathsIn(file: string, samplers: Readonly<Record<string, SamplerConfig>>, of = noise): GoldenPath[] {
  const paths = golden<Record<string, Path> & Partial<Start>>(file)
  return Object.entries(samplers).map(([name, sampler]) => {
    const { timesteps, trajectory } = paths[name]!
    const rows = sampler.eta === 0 ? [] : of.slice(0, timesteps.length)
    return { name, sampler, timesteps, x_T: paths.x_T ?? x_T, noise: rows, trajectory }
  })
}

const ddpm = (variance: string): SamplerConfig => ({ name: 'ddpm', variance })
const ddim = (eta: number): SamplerConfig => ({ name: 'ddim', eta })
const dpmSolver = (order: number): SamplerConfig => ({ name: 'dpmsolver++', order })

const timesteps = Array.from({ length: 10 }, (_, j) => 10 - j)

/** In float64; the first is the reference model's recommended process. */
export const exactPaths: readonly [GoldenPath, ...GoldenPath[]] = [
  {
    name: 'ddpm_fixed_small',
    sampler: ddpm('fixed_small'),
    timesteps,
    x_T: reference.ddpm.x_T,
    // the file has the noise by timestep
    noise: timesteps.map((t) => reference.ddpm.noise[t]!),
    trajectory: reference.ddpm.trajectory,
  },
  ...pathsIn('general_steps.json', {
    ddpm_fixed_large: ddpm('fixed_large'),
    ddpm_fixed_small_strided: ddpm('fixed_small'),
    ddpm_fixed_large_strided: ddpm('fixed_large'),
    ddim_strided: ddim(0),
    ddim_half_eta_strided: ddim(0.5),
    ddim_full_eta_strided: ddim(1),
  }),
  ...pathsIn('heun.json', { heun_10: { name: 'heun' }, heun_strided: { name: 'heun' } }, []),
  ...pathsIn('sde_dpm_solver.json', {
    sde_10: { name: 'sde-dpmsolver++' },
    sde_strided: { name: 'sde-dpmsolver++' },
  }),
]

/** What diffusers does; it keeps its tables in float32. */
export const diffusersPaths = pathsIn(
  'samplers.json',
  {
    ddim_10: ddim(0),
    ddim_5: ddim(0),
    'dpmsolver++_1_5': dpmSolver(1),
    'dpmsolver++_2m_5': dpmSolver(2),
  },
  [],
)
