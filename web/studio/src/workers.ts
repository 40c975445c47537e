import reporterUrl from 'moonstep/workers/report-page?worker&url'
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

let [script, reporterScript] = ['', '']

/** Resolves once the workers that read, train and sample can be started. */
export const workersReady = scriptOf(workerUrl).then((url) => {
  script = url
})

/** Resolves once the report's worker can be started, whose script is as large as all others. */
export const reporterReady = workersReady
  .then(() => scriptOf(reporterUrl))
  .then((url) => {
    reporterScript = url
  })
// errors reach whoever starts one
reporterReady.catch(() => {})

/** Starts a worker, once `workersReady`; the role '' is training, because its threads have no name. */
export function startWorker(name: 'session' | ''): Worker {
  return new Worker(script, { type: 'module', name })
}

/** Starts the report's worker, once `reporterReady`. */
export function startReporter(): Worker {
  return new Worker(reporterScript, { type: 'module' })
}
