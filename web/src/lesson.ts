import {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from '@preact/signals-core'
import { connect, type Remote } from '../../src/browser/worker-calls.ts'
import { messageOf } from '../../src/core/errors.ts'
import { spacedTimesteps } from '../../src/diffusion/schedule.ts'
import type { OnnxruntimeWebProvider } from '../../src/infer/session.ts'
import type { onnxruntime } from './client.ts'
import { committedModels } from './models.ts'
import type { ProcessChoice } from './process-choice.ts'
import { committedSubject, type Subject } from './subject.ts'
import type { Backend, ViewSignals } from './view.ts'
import type { Lesson as LessonWorker, OpenModel, State } from './worker/lesson.ts'

/** The states from noise to data; `states` grows while it is computed. */
export interface Trajectory {
  /** Changes with each new trajectory, but not if the same one is computed elsewhere. */
  readonly id: number
  readonly states: readonly State[]
}

/** The page's single state: what is shown, and what computes it. */
export interface Lesson {
  readonly worker: Remote<LessonWorker>
  readonly subject: ReadonlySignal<Subject>
  /** Undefined until a model has loaded. */
  readonly model: ReadonlySignal<OpenModel | undefined>
  readonly choice: ReadonlySignal<ProcessChoice>
  readonly timesteps: ReadonlySignal<readonly number[]>
  readonly trajectory: ReadonlySignal<Trajectory>
  /** What computed the trajectory, in words. */
  readonly computedBy: ReadonlySignal<string>
  /** The last error, for the reader; empty if there is none. */
  readonly problem: Signal<string>
  /**
   * Opens a model.onnx and shows it as `subjectOf` describes it, unless another model was requested meanwhile. A failure
   * changes nothing but `problem`.
   */
  open(file: Blob, name: string, subjectOf: (opened: OpenModel) => Subject): Promise<void>
  /** Shows the open model with other data. */
  showSubject(subject: Subject): void
}

export const plainTypeScript = 'plain TypeScript'

export function createLesson(view: ViewSignals): Lesson {
  const { calls: worker } = connect<LessonWorker>(
    new Worker(new URL('./worker/lesson-worker.ts', import.meta.url), { type: 'module' }),
    "the lesson's worker",
  )
  const committed = (name: string | undefined) =>
    committedModels.find((each) => each.name === name) ?? committedModels[0]!
  const subject = signal(committedSubject(committed(view.model.peek())))
  const model = signal<OpenModel>()
  const trajectory = signal<Trajectory>({ id: 0, states: [] })
  const computedBy = signal('')
  const problem = signal('')

  let asked = 0
  const show = async (opening: Promise<OpenModel>, subjectOf: (opened: OpenModel) => Subject) => {
    const mine = ++asked
    try {
      const opened = await opening
      if (mine !== asked) return
      subject.value = subjectOf(opened)
      model.value = opened
      problem.value = ''
    } catch (error) {
      if (mine === asked) problem.value = messageOf(error)
    }
  }

  effect(() => {
    if (view.model.value === undefined) return
    const chosen = committed(view.model.value)
    untracked(() => {
      // the first paint does not wait for its model; later ones come with theirs, so that all that is shown is of one model
      if (!model.peek()) subject.value = committedSubject(chosen)
      show(worker.openRun(chosen), () => committedSubject(chosen))
    })
  })
  const open: Lesson['open'] = (file, name, subjectOf) => show(worker.openFile(file, name), subjectOf)

  const choice = computed(() => {
    const { T } = subject.value.schedule
    const numSteps = view.steps.value
    return {
      sampler: view.sampler.value,
      numSteps: numSteps !== undefined && numSteps > T ? T : numSteps,
      seed: view.seed.value,
    }
  })
  const timesteps = computed(() =>
    model.value ? timestepsOf(model.value, choice.value.numSteps) : ([] as readonly number[]),
  )

  let runtime: typeof onnxruntime | undefined
  const loadRuntime = async () => {
    const loaded = (await import('./client.ts')).onnxruntime
    if (!runtime)
      loaded.onLost((reason) => {
        if (view.backend.peek() !== 'webgpu') return
        problem.value = `WASM goes on: ${reason}`
        view.backend.value = 'wasm'
      })
    runtime = loaded
    return loaded
  }
  let running = new AbortController()
  let trajectories = 0
  const sample = async (opened: OpenModel, choice: ProcessChoice, count: number, backend: Backend) => {
    running.abort()
    running = new AbortController()
    const { signal } = running
    const id = ++trajectories
    let overtaken = false
    const plain = async (onMoving = () => {}) => {
      computedBy.value = plainTypeScript
      trajectory.value = { id, states: [] }
      const take = (state: State) => {
        if (signal.aborted || overtaken) return
        trajectory.value = { id, states: [...trajectory.value.states, state] }
        if (state.step === 1) onMoving()
      }
      await worker.sample(choice, count, take)
    }
    const onRuntime = async (provider: OnnxruntimeWebProvider) => {
      const { sample } = await loadRuntime()
      const drawn = await sample(opened.onnx, provider, choice, count, signal)
      if (signal.aborted) return
      overtaken = true
      batch(() => {
        trajectory.value = { id, states: drawn.states }
        computedBy.value = drawn.by
      })
    }
    try {
      if (backend === 'typescript') await plain()
      else {
        if (!runtime?.isReady(opened.onnx, backend))
          // plain TypeScript moves the points at once; whichever finishes first makes the other unnecessary
          await new Promise<void>((resolve, reject) => {
            plain(resolve).then(resolve, reject)
          })
        await onRuntime(backend)
        if (!signal.aborted) await worker.stop()
      }
    } catch (error) {
      if (signal.aborted) return
      problem.value = messageOf(error)
      // if the GPU is missing or lost, fall back to WASM, which always works
      if (backend === 'webgpu') view.backend.value = 'wasm'
    }
  }
  effect(() => {
    const [opened, chosen, count, backend] = [model.value, choice.value, view.count.value, view.backend.value]
    if (opened) untracked(() => sample(opened, chosen, count, backend))
  })

  return {
    worker,
    subject,
    model,
    choice,
    timesteps,
    trajectory,
    computedBy,
    problem,
    open,
    showSubject(other) {
      subject.value = other
    },
  }
}

/** The timesteps that the model recommends, or of that number of steps. */
function timestepsOf({ recommended, schedule }: OpenModel, numSteps: number | undefined): readonly number[] {
  return numSteps === undefined ? recommended.timesteps : spacedTimesteps(schedule.T, numSteps)
}
