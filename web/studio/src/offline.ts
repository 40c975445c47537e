import { signal } from '@preact/signals'
import { tablesReady } from './workers.ts'

/** Whether the page works without its server from now on. */
export const isOffline = signal(false)

/** Lets a service worker cache the page's files, if the browser has service workers. */
export async function keepOffline(): Promise<void> {
  if (import.meta.hot || !('serviceWorker' in navigator)) return
  try {
    await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI))
    await Promise.all([navigator.serviceWorker.ready, tablesReady])
    isOffline.value = true
  } catch {
    // a private window has none; the page works while it is open
  }
}
