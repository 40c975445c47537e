import { basename } from 'node:path'
import { InputError } from '../core/errors.ts'
import { readRunConfig } from '../model/run-folder.ts'
import type { TrainRequest } from '../train/train.ts'

/** Errors: an option beside --resume that is not what the run's config.json says. */
export async function checkResumeOptions(run: string, request: TrainRequest): Promise<void> {
  const config = await readRunConfig(run)
  const { dataset, training, T, schedule, hidden, timeEmbedding, predictionType, seed, engine } = config
  const recorded: Partial<Record<keyof TrainRequest, unknown>> = {
    ...('name' in dataset
      ? { dataset: dataset.name, rows: dataset.rows, noiseLevel: dataset.noiseLevel }
      : {
          dataset:
            request.dataset && basename(request.dataset) === dataset.file ? request.dataset : dataset.file,
        }),
    ...training,
    T,
    schedule,
    hidden,
    timeEmbedding: timeEmbedding.kind,
    predictionType,
    seed,
    engine,
  }
  for (const [name, value] of Object.entries(recorded)) {
    const given = request[name as keyof TrainRequest]
    if (given === undefined || given === 'auto' || JSON.stringify(given) === JSON.stringify(value)) continue
    throw new InputError(
      `--resume goes on with ${run}, whose ${name} is ${JSON.stringify(value)}, not ${JSON.stringify(given)}: leave the option out, or train anew`,
    )
  }
  if (request.force)
    throw new InputError(
      '--resume and --force exclude each other: one goes on with the run, the other overwrites it',
    )
}
