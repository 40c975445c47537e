import { InputError } from '../core/errors.ts'
import { counted, humanCount } from '../core/format.ts'
import type { Batch, TrainingEngine } from './engine.ts'
import type { Run } from './run.ts'

/** The share of the time that is for the steps: the rest is for what chooses among candidates and for the comparison with real rows. */
const shareOfSteps = 0.7

/** The first steps take longer than those that are timed, which are so many, or take so long. */
const [warmUp, timed, timedSeconds] = [3, 30, 2]

/**
 * A run that takes at most so many minutes: with fewer steps, if not all of them fit. How many follows from the seconds of some steps on an
 * engine of their own, so they differ from machine to machine; config.json has their number, with which the run can be repeated.
 *
 * @param left - The seconds that are left.
 * @throws InputError if no step fits.
 */
export async function withinMinutes(
  run: Run,
  minutes: number,
  left: () => number,
  engine: TrainingEngine,
  drawStep: (step: number) => Batch,
): Promise<Run> {
  const { training } = run.config
  const seconds = await secondsPerStep(engine, drawStep, training.learningRate)
  const fitting = Math.floor((shareOfSteps * left()) / seconds)
  if (fitting < 1)
    throw new InputError(
      `minutes is ${minutes}, which reading and preparing the rows takes by itself: give more`,
      'out-of-range',
      { option: 'minutes', value: minutes },
    )
  if (fitting >= training.steps) return run
  run.observers.onNote?.(
    `${humanCount(fitting)} of ${counted(training.steps, 'step')} fit in ${counted(minutes, 'minute')}: --steps ${fitting} repeats this training`,
  )
  return { ...run, config: { ...run.config, training: { ...training, steps: fitting } } }
}

async function secondsPerStep(
  engine: TrainingEngine,
  drawStep: (step: number) => Batch,
  rate: number,
): Promise<number> {
  let start = 0
  for (let step = 0; ; step++) {
    if (step === warmUp) start = performance.now()
    const taken = (performance.now() - start) / 1000
    const count = step - warmUp
    if (count > 0 && (count >= timed || taken >= timedSeconds)) return taken / count
    await engine.step(drawStep(step), rate)
  }
}
