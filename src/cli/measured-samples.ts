import { existsSync } from 'node:fs'
import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { describeProcess } from '../diffusion/process.ts'
import { choiceOf, describeSampler, deterministicSamplers } from '../diffusion/samplers/index.ts'
import { internalsOf } from '../infer/model.ts'
import { sample } from '../infer/sample.ts'
import { closenessOf, halvesOf } from '../measure/closeness.ts'
import { describeCard, describeConfig } from '../model/description.ts'
import { digestOfWeights } from '../model/folded.ts'
import { exportModel } from '../node/export.ts'
import { loadModel } from '../node/providers.ts'
import { readRunTable, runFiles, trainedTable } from '../node/run-folder.ts'
import { isScaled } from '../table/encodings/encoding.ts'
import type { Trained } from '../train/train.ts'
import { note, waitFor, warn } from './output.ts'

const drawnRows = 5000

/** Excess over the distance between real rows that marks a model as poor. */
const poorDistance = 0.05

/** The closeness in `--json`. */
export type RunCloseness = NonNullable<Awaited<ReturnType<typeof sayCloseness>>>

/**
 * Prints how close the samples of a run are to held-out rows, or else to training rows, beside real rows to each
 * other, and warns about a poor model.
 */
export async function sayCloseness({ config, weights, run }: Trained) {
  const { encoding } = describeConfig(config)
  if (run === null || isScaled(encoding)) return undefined
  const { holdout, train } = runFiles(run)
  const isHeldOut = existsSync(holdout)
  const [against, real] = isHeldOut
    ? [await readRunTable(holdout, config), await readRunTable(train, config)]
    : halvesOf(await trainedTable(run, config))
  const { sampler } = await exportModel({ run: { config, weights }, sampler: {} })
  // just exported, and measured here
  await using model = await loadModel(sampler!, { selfTest: false })
  const { table } = await waitFor('drawing samples to compare', () =>
    sample(model, { count: drawnRows, seed: 0 }),
  )
  const { columns } = encoding
  const { shapes, trends, ...samples } = closenessOf(against, {
    name: 'the samples',
    columns,
    points: table.points,
  })
  const realCloseness = closenessOf(against, real)
  const beside = (ours: number, theirs: number) => `${ours.toFixed(3)} (real rows ${theirs.toFixed(3)})`
  note(
    `samples against ${counted(Math.min(drawnRows, against.points.count), isHeldOut ? 'held-out row' : 'training row')}: ` +
      `columns ${beside(shapes, realCloseness.shapes)}` +
      (trends === null ? '' : `, pairs ${beside(trends, realCloseness.trends ?? 1)}`) +
      ', where 1 is the same',
  )
  const worst = samples.columns.toSorted((a, b) => b.distance - a.distance)[0]
  const far = 'train with more --steps, or give more rows'
  if (realCloseness.shapes - shapes > poorDistance)
    warn(
      `the samples are far from the rows, especially in column ${worst?.name} (${worst?.distance.toFixed(2)}): ${far}`,
    )
  else if ((realCloseness.trends ?? 1) - (trends ?? 1) > poorDistance)
    warn(`the samples' columns do not depend on each other as in the rows: ${far}`)
  return {
    against: isHeldOut ? ('holdout' as const) : ('train' as const),
    rows: against.points.count,
    shapes,
    trends,
    /** The same for real rows against real rows. */
    real: { shapes: realCloseness.shapes, trends: realCloseness.trends },
  }
}

/**
 * Draws `count` samples of a student and of its teacher, in scaled space, from the noise of `sample` with seed 0, on
 * provider cpu. The student uses its recommended process; the teacher uses the process on the student's card, if any,
 * otherwise its recommended process. Throws if the columns or scalers differ, a process adds noise, or a sampler.onnx holds
 * another process.
 */
export async function teacherSamples(student: string, teacher: string, count: number) {
  const [learned, taught] = [await loadModel(student), await loadModel(teacher)]
  try {
    const [card, teacherCard] = [learned.card, taught.card]
    for (const [part, noun] of [
      ['columns', 'set of columns'],
      ['scaler', 'scaler'],
    ] as const)
      if (JSON.stringify(card[part]) !== JSON.stringify(teacherCard[part]))
        throw new InputError(
          `--teacher ${teacher} has another ${noun} than --model ${student}: a student and its teacher have the same`,
          'conflict',
        )
    const ofTeacher = describeCard(teacherCard)
    const taughtBy = card.teacher ?? ofTeacher.process()
    const process = describeProcess(taughtBy)
    const teacherProcess = describeProcess(ofTeacher.process())
    if (teacherCard.sampler && teacherProcess !== process)
      throw new InputError(
        `--teacher ${teacher} holds ${teacherProcess}, its student learned from ${process}: give its model.onnx`,
        'conflict',
      )
    const choice = { ...choiceOf(taughtBy.sampler), timesteps: taughtBy.timesteps }
    for (const [option, path, { sampler, isStochastic }] of [
      ['--model', student, describeCard(card).process()],
      ['--teacher', teacher, ofTeacher.process(choice)],
    ] as const)
      if (isStochastic)
        throw new InputError(
          `${option} ${path} is sampled by ${describeSampler(sampler)}, which adds noise: ` +
            `--teacher compares samples of the same start, of ${deterministicSamplers()}`,
          'conflict',
        )
    const onWarning = () => {}
    const digest = digestOfWeights(internalsOf(taught).file.network)
    const named = card.teacher
    const isOther = named && digest !== undefined && digest !== named.sha256
    return {
      student: (await sample(learned, { count, onWarning })).x_0,
      teacher: (await sample(taught, { count, ...choice, onWarning })).x_0,
      /** The teacher's. */
      process,
      warnings: isOther
        ? [`${teacher} is not the teacher of ${student}, ${named.name}: the SHA-256 of their weights differ`]
        : [],
    }
  } finally {
    await learned.dispose()
    await taught.dispose()
  }
}
