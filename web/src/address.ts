import { effect } from '@preact/signals-core'
import { type ViewSignals, writeView } from './view.ts'

/** Browsers limit how often a page may change its address. */
const pause = 200

/** Keeps the view in the page's address, so that it can be shared and survives a reload. */
export function keepAddress(view: ViewSignals, models: readonly string[]): void {
  let waiting: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    const query = writeView(view, models)
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      if (query !== location.search)
        history.replaceState(null, '', `${location.pathname}${query}${location.hash}`)
    }, pause)
  })
}
