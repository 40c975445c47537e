import reporterUrl from './worker/reporter.ts?worker&url'
import workerUrl from './worker/worker.ts?worker&url'

/**
 * A worker's script as a blob of the page: it is asked for once, with the page, and the page's Content-Security-Policy holds in
 * the worker, which it would not in one that is loaded from its own address.
 */
async function scriptOf(url: string): Promise<string> {
  // a development server's scripts import each other by their addresses
  if (import.meta.hot) return url
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} does not load: serve the folder as it was built`)
  return URL.createObjectURL(new Blob([await answer.text()], { type: 'text/javascript' }))
}

let script = ''

/** Resolves once workers can be started. */
export const workerReady = scriptOf(workerUrl).then((url) => {
  script = url
})
const reporterScript = workerReady.then(() => scriptOf(reporterUrl))
// whoever starts one hears of it
reporterScript.catch(() => {})

/** What the one script of workers does in each: training where no name says otherwise, as its own threads have none. */
export type WorkerRole = 'desk' | 'simd' | ''

/** Starts a worker, once `workerReady`. */
export function startWorker(name: WorkerRole): Worker {
  return new Worker(script, { type: 'module', name })
}

/** Starts the worker that reports and draws pairs of columns, whose script is as large as all others. */
export async function startReporter(): Promise<Worker> {
  return new Worker(await reporterScript, { type: 'module' })
}

/** Resolves once all is loaded that the page will ever need. */
export const allReady = reporterScript.then(() => {})
