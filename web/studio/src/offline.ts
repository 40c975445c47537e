import { signal } from '@preact/signals'
import { tablesReady } from './workers.ts'

/** Whether the page works without its server from now on. */
export const isOffline = signal(false)

/** Lets a service worker cache the page's files, if the browser has service workers. */
export async function keepOffline(): Promise<void> {
  if (import.meta.hot || !('serviceWorker' in navigator)) return
  try {
    await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI))
    const [{ active }] = await Promise.all([navigator.serviceWorker.ready, tablesReady])
    // until it has taken the page over, some files still come from the server
    while (active!.state === 'activating')
      await new Promise((changed) => active!.addEventListener('statechange', changed, { once: true }))
    isOffline.value = true
  } catch {
    // a private window has none; the page works while it is open
  }
}
