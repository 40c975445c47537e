import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { moonstep } from '../command.ts'
import { type Group, type Setting, seed, threadCounts } from './group.ts'
import { budget, comparison, missingRow, type Row } from './row.ts'

const student = 'models/two-moons-student'

/** A student that samples in one evaluation, against the seed's loop of ten; and the time to distil it. */
export const studentRows: Group = async (setting) => {
  const model = join(student, 'sampler.onnx')
  if (!existsSync(model)) return [missingRow('the distilled student', `there is no ${model}`)]
  const all: Row[] = []
  for (const threads of threadCounts)
    for (const [count, repeats, peerRepeats, reach] of [
      [100_000, 1, 1, 12],
      [1, 3000, 300, 40],
    ] as const) {
      const { team, rounds } = setting
      const weights = join(seed, 'weights.safetensors')
      const timings = await alternate(
        [
          team.ours('ours', threads, { task: 'sample', model, count, repeats }),
          team.peer('eager', threads, {
            task: 'sample',
            variant: 'eager',
            weights,
            count,
            repeats: peerRepeats,
          }),
        ],
        rounds,
      )
      all.push(
        comparison({
          what: `${count === 1 ? 'one sample' : '100,000 samples'} of the student, one evaluation`,
          against: 'PyTorch, eager, T = 10',
          threads,
          ours: timings.ours!,
          theirs: timings.eager!,
          by: 'speedup',
          reach,
        }),
      )
    }
  return [...all, distillation(setting)]
}

function distillation({ folder, log }: Setting): Row {
  log('distilling models/two-moons')
  const { seconds } = moonstep('distill', 'models/two-moons', '--out', join(folder, 'student'), '--json')
  return budget('moonstep distill, the whole process', seconds, 's', 60)
}
