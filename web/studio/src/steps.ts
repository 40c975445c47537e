import { computed, signal } from '@preact/signals'
import { isOpenModel, phase, table } from './state.ts'

/** The page's steps, one on a screen, in their order. */
export const steps = {
  data: 'Data',
  train: 'Train',
  rows: 'Rows',
  report: 'Report',
  take: 'Take along',
} as const
export type Step = keyof typeof steps

const names = Object.keys(steps) as Step[]

/** The step of the address, which has links, and the browser's way back. */
const asked = signal<Step>(stepOf(location.hash) ?? 'data')
addEventListener('hashchange', () => {
  const next = stepOf(location.hash)
  if (next) asked.value = next
})

function stepOf(hash: string): Step | undefined {
  return names.find((name) => `#${name}` === hash)
}

/** Whether a step has something to show. */
export function isReachable(step: Step): boolean {
  if (step === 'data') return true
  return step === 'train' ? table.value !== undefined : isOpenModel()
}

/** The step that is shown: the asked one, or the last before it that has something to show. */
export const step = computed<Step>(() => {
  const reachable = names.slice(0, names.indexOf(asked.value) + 1).filter(isReachable)
  return phase.value === 'training' && asked.value !== 'data' ? 'train' : reachable.at(-1)!
})

export function go(to: Step): void {
  asked.value = to
  if (location.hash !== `#${to}`) history.pushState(null, '', `#${to}`)
  scrollTo(0, 0)
  // who listens hears where they are
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main h2')?.focus({ preventScroll: true }))
}
