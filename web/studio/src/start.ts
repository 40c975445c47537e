import { connect } from 'moonstep/web'
import { openKept } from './kept.ts'
import { fail, status } from './problem.ts'
import { followTabs, listRuns, nameOfRun, openRun, runs } from './runs.ts'
import { setPage, staysWhenClosed, threads } from './state.ts'
import { createTraining } from './training.ts'
import type { Session } from './worker/session.ts'
import { startSession, workersReady } from './workers.ts'

/** Prepares the page and shows the latest stored run, if any. */
async function start(): Promise<void> {
  const [kept] = await Promise.all([openKept(), workersReady])
  const session = connect<Session>(startSession(), "the table's worker").calls
  const training = createTraining(session, threads)
  setPage({ kept, session, training, taken: undefined, asked: undefined, open: undefined })
  staysWhenClosed.value = kept.staysWhenClosed
  followTabs()
  await listRuns()
  const [latest] = runs.value
  if (!latest) return
  if (latest.isElsewhere) status.value = `${nameOfRun(latest)} is open in another tab.`
  else await openRun(latest.id)
}

/** Fulfilled once the page has started, or says why it has not. */
export const started = start().catch((error) => fail('file', error))
