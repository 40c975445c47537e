import { signal } from '@preact/signals'
import { allReady } from './workers.ts'

/** Whether the page works without its server from now on. */
export const isOffline = signal(false)

/** Has a service worker keep the page's own files, where the browser has such a thing. */
export async function keepOffline(): Promise<void> {
  if (import.meta.hot || !('serviceWorker' in navigator)) return
  try {
    await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI))
    await Promise.all([navigator.serviceWorker.ready, allReady])
    isOffline.value = true
  } catch {
    // a private window has none: the page works as long as it is open
  }
}
