import { basename } from 'node:path'
import { InputError } from '../core/errors.ts'
import { readRunConfig } from '../model/run-folder.ts'
import { trainingSeed } from '../train/started-run.ts'
import type { TrainRequest } from '../train/train.ts'

/** Errors: an option beside --resume that is not what the run's config.json says. */
export async function checkResumeOptions(run: string, request: TrainRequest): Promise<void> {
  const config = await readRunConfig(run)
  const { dataset, training, T, schedule, hidden, timeEmbedding, predictionType, engine } = config
  const recorded: Partial<Record<keyof TrainRequest, unknown>> = {
    ...(dataset && 'name' in dataset
      ? { dataset: dataset.name, rows: dataset.rows, noiseLevel: dataset.noiseLevel }
      : {
          dataset:
            request.dataset && basename(request.dataset) === dataset?.file ? request.dataset : dataset?.file,
        }),
    ...training,
    T,
    schedule,
    hidden,
    timeEmbedding: timeEmbedding.kind,
    predictionType,
    seed: trainingSeed(config),
    engine,
  }
  refuseOthers(run, recorded, request)
}

/** Errors: an option given that is not as recorded, or --force. */
export function refuseOthers<R extends { readonly force?: boolean | undefined }>(
  run: string,
  recorded: Partial<Record<keyof R, unknown>>,
  request: R,
): void {
  for (const [name, value] of Object.entries(recorded)) {
    const given = request[name as keyof R]
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
