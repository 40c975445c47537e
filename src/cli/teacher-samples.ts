import { InputError } from '../core/errors.ts'
import { describeSampler } from '../diffusion/samplers/create.ts'
import { isStochastic } from '../diffusion/samplers/sampler.ts'
import type { SampledPairs } from '../evaluate/teacher-distance.ts'
import { digestOfWeights } from '../infer/network-weights.ts'
import { loadModel } from '../infer/node.ts'
import { sample } from '../infer/sample.ts'
import { describeSteps, type Steps, stepsOf } from '../model/card.ts'

export interface TeacherSamples extends SampledPairs {
  /** How the teacher was sampled. */
  readonly process: string
  readonly warnings: readonly string[]
}

/**
 * `count` samples of a student and of its teacher, in scaled space, from the noise that `sample` draws with seed 0; on
 * provider cpu. The student as it recommends; the teacher as the student's card names it, or else as it recommends.
 * Errors: other columns or another scaler; a process that takes noise; a sampler.onnx that holds another one.
 */
export async function teacherSamples(
  student: string,
  teacher: string,
  count: number,
): Promise<TeacherSamples> {
  const [learned, taught] = [await loadModel(student), await loadModel(teacher)]
  try {
    const [card, other] = [learned.file.card, taught.file.card]
    for (const part of ['columns', 'scaler'] as const)
      if (JSON.stringify(card[part]) !== JSON.stringify(other[part]))
        throw new InputError(
          `--teacher ${teacher} has another ${part === 'scaler' ? 'scaler' : 'set of columns'} than --model ${student}: a student has its teacher's`,
        )
    const { sampler, timesteps } = card.teacher ?? {}
    const steps: Steps = sampler && timesteps ? { config: sampler, timesteps } : stepsOf(other)
    if (taught.file.isSampler && describeSteps(stepsOf(other)) !== describeSteps(steps))
      throw new InputError(
        `--teacher ${teacher} holds ${describeSteps(stepsOf(other))}, its student learned from ${describeSteps(steps)}: give its model.onnx`,
      )
    for (const [option, path, { config }] of [
      ['--model', student, stepsOf(card)],
      ['--teacher', teacher, steps],
    ] as const)
      if (isStochastic(config))
        throw new InputError(
          `${option} ${path} is sampled by ${describeSampler(config)}, which takes noise on its way: ` +
            '--teacher compares samples of the same start, of dpmsolver++ or ddim with eta 0',
        )
    const { name, ...options } = steps.config
    const [own, its] = [
      await sample(learned, { count, onWarning: () => {} }),
      await sample(taught, {
        count,
        sampler: name,
        ...options,
        timesteps: steps.timesteps,
        onWarning: () => {},
      }),
    ]
    const found = digestOfWeights(taught.file)
    const named = card.teacher?.sha256
    const strange = named !== undefined && found !== undefined && found !== named
    return {
      student: own.x_0,
      teacher: its.x_0,
      process: describeSteps(steps),
      warnings: strange
        ? [
            `${teacher} is not the teacher that ${student} names, ${card.teacher?.name}: their weights' SHA-256 differ`,
          ]
        : [],
    }
  } finally {
    await learned.dispose()
    await taught.dispose()
  }
}
