import { effect, signal } from '@preact/signals'
import {
  counted,
  type Given,
  humanSeconds,
  pairFigure,
  type Report,
  report,
  reportPage,
  type WorkProgress,
} from 'moonstep/web'
import { fail, type Place, problem, status } from './problem.ts'
import { currentSession, model, notes, phase, table } from './state.ts'
import type { AskedRows, ConditionView, FilledView, SampleView, Watching } from './worker/views.ts'
import { reporterReady } from './workers.ts'

/** Requests to the model and their results. */
export const count = signal(1000)
export const seed = signal(7)
export const given = signal<Given>({})
/** What is wrong with the condition, and how many rows of the file meet it; undefined without one. */
export const condition = signal<ConditionView>()
export const samples = signal<SampleView>()
export const filled = signal<FilledView>()
/** Whether filling leaves cells empty where rows like theirs are empty. */
export const keepsGaps = signal(true)
/** The report, once it is written: its figures, its page, and the seed of the samples that it measures. */
export const written = signal<{ readonly findings: Report; readonly html: string; readonly seed: number }>()
type Task = 'sample' | 'fill' | 'report'

/** Where a task is asked for. */
const places: Readonly<Record<Task, Place>> = { sample: 'ask', fill: 'fill', report: 'report' }

/** Progress of the current task, from 0 to 1; undefined if idle. */
export const busy = signal<{ readonly what: Task; readonly share: number }>()

let running = new AbortController()
const stopped = new Error('stopped')

// a new model, or none, has no samples yet
effect(() => {
  model.value
  stop()
  samples.value = undefined
  filled.value = undefined
  written.value = undefined
  given.value = {}
})

// says next to its control what is wrong with a condition
effect(() => {
  const asked = given.value
  condition.value = undefined
  if (Object.keys(asked).length === 0) return
  currentSession()
    .checkGiven(asked)
    .then(
      (checked) => {
        if (given.peek() === asked) condition.value = checked
      },
      // a model that is replaced meanwhile
      () => {},
    )
})

async function attempt(what: Task, task: (watching: Watching) => Promise<void>): Promise<void> {
  if (busy.value) return
  problem.value = undefined
  show(what, 0)
  running = new AbortController()
  const { signal } = running
  try {
    await task({ signal, onProgress: ({ done, count }) => show(what, done / Math.max(1, count)) })
  } catch (error) {
    // the model was replaced meanwhile, so its result no longer matters
    if (phase.value !== 'trained') return
    if (error === stopped) status.value = 'Stopped.'
    else fail(places[what], error)
  } finally {
    busy.value = undefined
  }
}

/** What the shown rows were asked by; before there are any, what the next are asked by. */
export function askedRows(): AskedRows {
  return samples.value ?? { count: count.value, seed: seed.value, given: given.value }
}

function show(what: Task, share: number): void {
  busy.value = { what, share }
}

export function generate(): Promise<void> {
  return attempt('sample', async (watching) => {
    const asked = { count: count.value, seed: seed.value, given: given.value }
    const request = { ...asked, shown: samples.value?.id }
    status.value = `Generating ${counted(request.count, 'row')}`
    const drawn = await currentSession().sample(request, watching)
    samples.value = drawn
    status.value = `${counted(drawn.count, 'row')} generated in ${humanSeconds(drawn.seconds)}, by seed ${drawn.seed}.`
  })
}

export function fill(file: File): Promise<void> {
  return attempt('fill', async (watching) => {
    status.value = `Filling the gaps of ${file.name}`
    const shown = filled.value?.id
    const request = { file, seed: seed.value, keepsGapsByDesign: keepsGaps.value, shown }
    const done = await currentSession().fill(request, watching)
    filled.value = done
    const left = done.left > 0 ? `, ${counted(done.left, 'cell')} left empty` : ''
    status.value = `${counted(done.cells, 'cell')} of ${counted(done.rows, 'row')} filled${left}.`
  })
}

/** Writes the report on as many samples as training rows. */
export function writeReport(): Promise<void> {
  return attempt('report', async ({ signal }) => {
    status.value = 'Writing the report'
    const onSampled = ({ done, count }: { readonly done: number; readonly count: number }) =>
      show('report', (0.3 * done) / Math.max(1, count))
    const ofReport = seed.value
    const sources = await currentSession().reportSources(ofReport, { signal, onProgress: onSampled })
    let [stage, stages] = ['', 0]
    const onProgress = ({ stage: at, done, count }: WorkProgress) => {
      if (at !== stage) {
        stage = at
        stages++
        status.value = `Writing the report: ${at}`
      }
      // the number of stages is unknown, so each takes a part of the rest
      show('report', 1 - 0.7 * 0.75 ** (stages - 1 + done / count))
    }
    await reporterReady
    const findings = await report({ ...sources, onProgress, signal })
    const html = await reportPage(findings, sources, {
      title: table.value!.name,
      digest: notes.value?.digest,
    })
    signal.throwIfAborted()
    written.value = { findings, html, seed: ofReport }
    status.value = 'The report is written.'
  })
}

/** Draws two columns of the real and the generated rows of a number as an SVG. */
export async function drawPair(id: number, columns: [string, string]): Promise<string> {
  const { real, samples } = await currentSession().pairSources(id)
  await reporterReady
  return pairFigure(real, samples, columns)
}

/** Stops the current task. */
export function stop(): void {
  running.abort(stopped)
}

export function setGiven(column: string, value: Given[string] | undefined): void {
  const { [column]: _, ...rest } = given.value
  given.value = value === undefined ? rest : { ...rest, [column]: value }
}
