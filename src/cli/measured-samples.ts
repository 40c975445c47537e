import { InputError } from '../core/errors.ts'
import { describeProcess } from '../diffusion/process.ts'
import { choiceOf, describeSampler, deterministicSamplers } from '../diffusion/samplers/index.ts'
import { internalsOf } from '../infer/model.ts'
import { sample } from '../infer/sample.ts'
import type { Verdicts } from '../measure/verdicts.ts'
import { describeCard } from '../model/description.ts'
import { digestOfWeights } from '../model/folded.ts'
import type { RunConfig } from '../model/run-config.ts'
import { loadModel } from '../node/providers.ts'
import { adviceOn, verdictSentences } from '../report/verdicts.ts'
import { note } from './output.ts'

/** Prints the verdicts on a trained table's samples, and what to do about them. */
export function sayVerdicts({ verdicts, closeness }: Pick<RunConfig, 'verdicts' | 'closeness'>): void {
  if (verdicts) saySentences(verdicts, verdictSentences(verdicts, closeness))
}

/** Prints verdicts in sentences, of the rows and of people, and what to do about them. */
export function saySentences(verdicts: Verdicts, sentences: readonly string[]): void {
  const { rows, people } = verdicts
  const isBad = [rows.grade === 'poor', people.grade === 'clear']
  for (const [k, sentence] of sentences.entries()) note(sentence, isBad[k] ? 'yellow' : undefined)
  for (const advice of adviceOn(verdicts)) note(advice)
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
