import reporterUrl from 'moonstep/workers/report-page?worker&url'
import { answerFaker, type FakerMessage } from './faker.ts'
import { scriptOf } from './script-of.ts'
import tablesUrl from './worker/tables.ts?worker&url'
import trainerUrl from './worker/trainer.ts?worker&url'
import workerUrl from './worker/worker.ts?worker&url'

let [script, trainerScript, reporterScript, tablesScript] = ['', '', '', '']

/** Resolves once the worker that reads and samples can be started. */
export const workersReady = scriptOf(workerUrl).then((url) => {
  script = url
})

/** Resolves once the workers that train can be started. */
export const trainerReady = workersReady
  .then(() => scriptOf(trainerUrl))
  .then((url) => {
    trainerScript = url
  })

/** Resolves once the report's worker can be started, whose script is as large as all others. */
export const reporterReady = trainerReady
  .then(() => scriptOf(reporterUrl))
  .then((url) => {
    reporterScript = url
  })
// errors reach whoever starts one
reporterReady.catch(() => {})

/** Resolves once the worker of several tables can be started: most visitors have one table. */
export const tablesReady = reporterReady
  .then(() => scriptOf(tablesUrl))
  .then((url) => {
    tablesScript = url
  })
tablesReady.catch(() => {})

/** Starts the session's worker, once `workersReady`; a worker's name is its role. */
export function startSession(): Worker {
  return withFaker(new Worker(script, { type: 'module', name: 'session' }))
}

/** Starts a training's worker, once `trainerReady`. */
export function startTrainer(): Worker {
  return withFaker(new Worker(trainerScript, { type: 'module' }))
}

/** Starts the report's worker, once `reporterReady`. */
export function startReporter(): Worker {
  return new Worker(reporterScript, { type: 'module' })
}

/** Starts the worker of several tables, once `tablesReady`; a worker's name is its role. */
export function startTables(): Worker {
  return withFaker(new Worker(tablesScript, { type: 'module', name: 'tables' }))
}

function withFaker(worker: Worker): Worker {
  worker.addEventListener('message', ({ data }: MessageEvent<FakerMessage | { readonly type: 'other' }>) => {
    if (data.type === 'faker') answerFaker(data)
  })
  return worker
}
