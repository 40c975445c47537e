/** How far trainings that were stopped have come. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import { isBegunDatabase, readRunConfig, runFiles } from './run-folder.ts'

/** The steps that a run has been trained for, and how many it is to have. */
export interface Unfinished {
  readonly done: number
  readonly steps: number
}

/**
 * How far a run of one table has come.
 *
 * @param run - Its folder.
 * @returns Undefined if it is finished, has no history, or was not made by `train`.
 */
export async function unfinishedRun(run: string): Promise<Unfinished | undefined> {
  const config = await readRunConfig(run).catch((error) => {
    if (error instanceof InputError) return undefined
    throw error
  })
  const { history } = runFiles(run)
  if (!config || !existsSync(history)) return undefined
  const last = (await readFile(history, 'utf8')).trimEnd().split('\n').at(-1)!
  const done = Number.parseInt(last, 10) || 0
  const { steps } = config.training
  return done < steps ? { done, steps } : undefined
}

/** Whether a folder has a training of one table or several that was stopped and can be resumed. */
export function canBeResumed(run: string): boolean {
  return existsSync(runFiles(run).checkpoint) || isBegunDatabase(run)
}
