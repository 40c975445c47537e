import type { ModelCard } from '../model/card.ts'
import type { SamplingResult } from './client.ts'

/** What a picture of samples shows, for those who don't see it. */
export function describePicture(card: ModelCard, seed: number, result: SamplingResult): string {
  const { points, timesteps, sampler } = result
  const set = card.dataset && 'name' in card.dataset ? ` of ${card.dataset.name}` : ''
  const steps = `${timesteps.length} step${timesteps.length === 1 ? '' : 's'}`
  const samples = `${points.count} sample${points.count === 1 ? '' : 's'}${set}`
  return `${samples}, ${describeAxes(card)}, drawn by ${sampler.name} in ${steps}, seed ${seed}`
}

/** Which columns are on the axes. */
function describeAxes({ columns }: ModelCard): string {
  const [first, second] = columns
  if (second === undefined) return `${first} from left to right`
  const axes = `${first} from left to right, ${second} upwards`
  return columns.length > 2 ? `the first two of ${columns.length} columns: ${axes}` : axes
}
