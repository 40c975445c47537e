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
    surface: colour('surface'),
    grid: colour('grid'),
    behind: colour('data'),
    real: colour('real'),
    samples: colour('samples'),
    path: colour('path'),
  }
})

/** Whether the reader prefers reduced motion. */
export const reducedMotion = computed(() => {
  changes.value
  return matchMedia('(prefers-reduced-motion: reduce)').matches
})
