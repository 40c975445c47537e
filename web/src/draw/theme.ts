import { computed, signal } from '@preact/signals-core'

const changes = signal(0)
for (const query of ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)'])
  matchMedia(query).addEventListener('change', () => {
    changes.value++
  })

/** The style sheet's colours, updated when the reader's colour scheme changes. */
export const colours = computed(() => {
  changes.value
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    paper: colour('figure'),
    grid: colour('grid'),
    muted: colour('muted'),
    data: colour('data'),
    sample: colour('sample'),
    path: colour('path'),
  }
})

/** Whether the reader prefers reduced motion. */
export const reducedMotion = computed(() => {
  changes.value
  return matchMedia('(prefers-reduced-motion: reduce)').matches
})
