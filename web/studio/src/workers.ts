import reporterUrl from './worker/reporter.ts?worker&url'
import workerUrl from './worker/worker.ts?worker&url'

/**
 * A worker's script as a blob of the page: it is fetched once, with the page, and the page's Content-Security-Policy
 * applies in the worker, unlike in one loaded from its own address.
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
// errors reach whoever starts one
reporterScript.catch(() => {})

/** The role of a worker; '' is training, because its threads have no name. */
export type WorkerRole = 'desk' | 'simd' | ''

/** Starts a worker, once `workerReady`. */
export function startWorker(name: WorkerRole): Worker {
  return new Worker(script, { type: 'module', name })
}

/** Starts the worker for reports and pairs of columns, whose script is as large as all others. */
export async function startReporter(): Promise<Worker> {
  return new Worker(await reporterScript, { type: 'module' })
}

/** Resolves once everything the page needs is loaded. */
export const allReady = reporterScript.then(() => {})
