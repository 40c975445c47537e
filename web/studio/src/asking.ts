import { effect, signal } from '@preact/signals'
import { proxy } from 'comlink'
import { messageOf } from '../../../src/core/errors.ts'
import { counted, humanSeconds } from '../../../src/core/format.ts'
import type { WorkProgress } from '../../../src/core/work.ts'
import type { Given } from '../../../src/table/condition.ts'
import { withReporter } from './desk-client.ts'
import { currentDesk, fail, model, phase, problem, status, table } from './session.ts'
import type { FilledView, SampleView } from './worker/desk.ts'

/** Requests to the model and their results. */
export const count = signal(1000)
export const seed = signal(7)
export const given = signal<Given>({})
export const samples = signal<SampleView>()
export const filled = signal<FilledView>()
/** report.html, once it is written. */
export const reportHtml = signal<string>()
/** Progress of the current task, from 0 to 1; undefined if idle. */
export const busy = signal<{ readonly what: 'sample' | 'fill' | 'report'; readonly share: number }>()

let reporting = new AbortController()
const stopped = new Error('stopped')

// a new model, or none, has no samples yet
effect(() => {
  model.value
  reporting.abort(stopped)
  samples.value = undefined
  filled.value = undefined
  reportHtml.value = undefined
  given.value = {}
})

async function attempt(what: 'sample' | 'fill' | 'report', task: () => Promise<void>): Promise<void> {
  if (busy.value) return
  problem.value = ''
  busy.value = { what, share: 0 }
  try {
    await task()
  } catch (error) {
    // the model was replaced meanwhile, so its result no longer matters
    if (phase.value !== 'trained') return
    if (error === stopped || messageOf(error) === stopped.message) status.value = 'Stopped.'
    else fail(error)
  } finally {
    busy.value = undefined
  }
}

const shown = (what: 'sample' | 'fill' | 'report', part = 1, before = 0) =>
  proxy((done: number, count: number) => {
    if (busy.value) busy.value = { what, share: before + (part * done) / Math.max(1, count) }
  })

export function generate(): Promise<void> {
  return attempt('sample', async () => {
    const request = { count: count.value, seed: seed.value, given: given.value }
    status.value = `Generating ${counted(request.count, 'row')}`
    const drawn = await currentDesk().sample(request, shown('sample'))
    samples.value = drawn
    status.value = `${counted(drawn.count, 'row')} generated in ${humanSeconds(drawn.seconds)}, by seed ${drawn.seed}.`
  })
}

export function fill(file: File): Promise<void> {
  return attempt('fill', async () => {
    status.value = `Filling the gaps of ${file.name}`
    const done = await currentDesk().fill(file, seed.value, shown('fill'))
    filled.value = done
    status.value = `${counted(done.cells, 'cell')} of ${counted(done.rows, 'row')} filled.`
  })
}

/** Writes the report on as many samples as training rows. */
export function writeReport(): Promise<void> {
  return attempt('report', async () => {
    status.value = 'Writing the report'
    reporting = new AbortController()
    const options = await currentDesk().reportSources(seed.value, shown('report', 0.3))
    let [stage, stages] = ['', 0]
    const onProgress = ({ stage: at, done, count }: WorkProgress) => {
      if (at !== stage) {
        stage = at
        stages++
        status.value = `Writing the report: ${at}`
      }
      // the number of stages is unknown, so each takes a part of the rest
      if (busy.value) busy.value = { what: 'report', share: 1 - 0.7 * 0.75 ** (stages - 1 + done / count) }
    }
    const title = table.value!.name
    reportHtml.value = await withReporter(
      (reporter) => reporter.page(options, title, proxy(onProgress)),
      reporting.signal,
    )
    status.value = 'The report is written.'
  })
}

/** Draws two columns of the real and the generated rows as an SVG. */
export async function drawPair(columns: [string, string]): Promise<string> {
  const sources = await currentDesk().pairSources()
  return withReporter((reporter) => reporter.pair(sources, columns))
}

/** Stops the current task. */
export function stop(): void {
  currentDesk().stop()
  reporting.abort(stopped)
}

export function setGiven(column: string, value: Given[string] | undefined): void {
  const { [column]: _, ...rest } = given.value
  given.value = value === undefined ? rest : { ...rest, [column]: value }
}
