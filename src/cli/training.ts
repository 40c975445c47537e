/** What commands that train share: progress, the result, and what may stand beside --resume. */
import { existsSync } from 'node:fs'
import { InputError } from '../core/errors.ts'
import { counted, humanCount, humanSeconds } from '../core/format.ts'
import { runFiles } from '../node/run-folder.ts'
import { train } from '../node/training.ts'
import { canBeResumed, unfinishedRun } from '../node/unfinished.ts'
import type { ResumeRequest, TrainingProgress, TrainRequest } from '../train/options.ts'
import type { Trained } from '../train/train.ts'
import { call } from './call.ts'
import { inFlags, warningInFlags } from './command.ts'
import { afterInterruption } from './next-commands.ts'
import {
  Interrupted,
  note,
  type Progress,
  readingOf,
  shellLine,
  suggest,
  waitForWork,
  warn,
} from './output.ts'

/**
 * Whether a command with --resume begins a new run, and notes it: a queue may restart a job that never began. Requires
 * `source`, the data or teacher, because a folder alone may be misspelt.
 */
export function beginsAnyway(out: string, source: string | undefined): boolean {
  if (source === undefined || existsSync(runFiles(out).config)) return false
  note(`${out} has no run yet: starting a new one`)
  return true
}

/**
 * Trains with a progress bar until done or interrupted, and reports the result. `said` is a note for when the steps have
 * begun, so that a refused command is answered by its one line.
 */
export function trainWithProgress(
  request: TrainRequest | ResumeRequest,
  said?: string | undefined,
): Promise<Trained> {
  return underProgress((watched, progress) => {
    const onWork = progress.update
    if ('resume' in request) return train({ ...request, ...watched, onWork })
    const onNote = (line: string) => note(inFlags(line))
    let unsaid = said
    const onProgress = (now: TrainingProgress) => {
      if (unsaid !== undefined) note(unsaid)
      unsaid = undefined
      watched.onProgress?.(now)
    }
    return train({ ...request, ...watched, onProgress, onWork, onNote, onReading: readingOf(progress) })
  })
}

/** Trains into a folder; if it is stopped and can be resumed, suggests the command that does. */
export async function suggestingResume<R>(
  out: string,
  body: () => Promise<R>,
  command = afterInterruption(call.words),
): Promise<R> {
  try {
    return await body()
  } catch (error) {
    if (error instanceof Interrupted && canBeResumed(out)) suggest(command)
    throw error
  }
}

/** Warns of a run whose training was stopped. */
export async function warnUnfinished(run: string): Promise<void> {
  const unfinished = await unfinishedRun(run)
  if (!unfinished) return
  const { done, steps } = unfinished
  const share =
    done < steps / 10 ? 'hardly better than noise' : 'less like the rows than those of the whole training'
  warn(
    `${run} was stopped after ${humanCount(done)} of ${counted(steps, 'step')}, so its samples are ${share}: ${shellLine(['moonstep', 'train', '--out', run, '--resume'])} completes it`,
  )
}

/** Runs any training with a progress bar until done or interrupted. */
export async function underProgress<R extends Trained>(
  training: (
    watched: Required<Pick<TrainRequest, 'signal' | 'onWarning' | 'onProgress'>>,
    progress: Progress,
  ) => Promise<R>,
): Promise<R> {
  const result = await waitForWork('preparing to train', (signal, progress) => {
    const onProgress = (now: TrainingProgress) => progress.update(trainingStage('training', now))
    const onWarning = (line: string) => warn(warningInFlags(line))
    return training({ signal, onWarning, onProgress }, progress)
  })
  const { run, engine, steps, seconds, secondsPerStep, finalLoss } = result
  note(
    `trained ${counted(steps, 'step')} on ${engine} in ${humanSeconds(seconds)} ` +
      `(${humanSeconds(secondsPerStep)} a step), loss ${finalLoss.toFixed(4)}: ${run}`,
  )
  return result
}

export function trainingStage(stage: string, { step: done, steps: count, loss }: TrainingProgress) {
  return { stage, unit: 'steps', done, count, detail: `loss ${loss.toFixed(4)}` }
}

/** A trained run for `--json`; the rest is in its folder. */
export function withoutWeights<R extends Trained>({ config, weights, history, ...rest }: R) {
  return rest
}

/** Throws if a given option differs from the recorded one, or with --force. */
export function refuseOthers<R extends { readonly force?: boolean | undefined }>(
  run: string,
  recorded: Partial<Record<keyof R, unknown>>,
  request: R,
): void {
  for (const [name, value] of Object.entries(recorded)) {
    const requested = request[name as keyof R]
    if (requested === undefined || requested === 'auto') continue
    const [recordedText, wanted] = [JSON.stringify(value), JSON.stringify(requested)]
    if (recordedText !== wanted)
      throw new InputError(
        `--resume continues ${run}, whose ${name} is ${recordedText}, not ${wanted}: leave the option out, or start a new run`,
        'conflict',
      )
  }
  if (request.force)
    throw new InputError(
      '--resume and --force exclude each other: one continues the run, the other overwrites it',
      'conflict',
    )
}
