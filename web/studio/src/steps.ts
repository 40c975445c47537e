import { computed, signal } from '@preact/signals'
import { isOpen, isOpenModel, phase, several } from './state.ts'
import { type Step, steps } from './step-names.ts'

export { type Step, steps } from './step-names.ts'

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
  if (!shownSteps().includes(step)) return false
  return step === 'train' ? isOpen() : isOpenModel()
}

/** The steps that what is open has. */
export function shownSteps(): Step[] {
  const views = several.value?.views
  return views ? names.filter((name) => views[name]) : names
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
  // who listens hears where they are; right after Preact has rendered, which is a microtask too, so that no key
  // pressed before the next frame loses its place
  queueMicrotask(() => document.querySelector<HTMLElement>('main h2')?.focus({ preventScroll: true }))
}
