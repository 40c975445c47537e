import { computed, effect, signal } from '@preact/signals-core'
import { reachOf } from '../../../src/browser/cloud.ts'
import { messageOf } from '../../../src/core/errors.ts'
import type { CommittedModel } from '../committed-model.ts'
import { cloud } from '../draw/cloud.ts'
import { type Frame, figure } from '../draw/figure.ts'
import { latest } from '../latest.ts'
import type { Lesson } from '../lesson.ts'
import { committedModels } from '../models.ts'
import { element, showText, whetherSeen } from '../page.ts'
import { committedSubject } from '../subject.ts'
import type { ViewSignals } from '../view.ts'
import type { TeacherComparison } from '../worker/teacher.ts'

interface Pair {
  readonly student: CommittedModel
  readonly teacher: CommittedModel
}

const pairs: readonly Pair[] = committedModels.flatMap((student) => {
  const teacher = committedModels.find(({ name }) => name === student.config.teacher?.name)
  return teacher ? [{ student, teacher }] : []
})

/** More points are hard to tell apart, and keep the worker busy. */
const maxShown = 2000

/** Shows a student and its teacher from the same noise. The models are fetched when the section comes near. */
export function showStudent(view: ViewSignals, { worker, model }: Lesson): void {
  effect(() => {
    element('model-note').hidden = !model.value?.origin.teacher
  })
  const section = element('student')
  section.hidden = pairs.length === 0
  /** The chosen model's pair if it has one, otherwise the first. */
  const pair = computed(() => {
    const isOf = ({ name }: CommittedModel) => name === view.model.value
    return pairs.find(({ student, teacher }) => isOf(student) || isOf(teacher)) ?? pairs[0]
  })
  const answer = signal<TeacherComparison & { readonly seed: number }>()
  const status = signal('')
  showText('student-status', () => status.value)
  const ask = latest(async ({ of, seed, count }: { of: Pair; seed: number; count: number }) => {
    status.value = ''
    try {
      answer.value = { ...(await worker.compareWithTeacher({ ...of, seed, count })), seed }
    } catch (error) {
      asked = ''
      status.value = messageOf(error)
    }
  })
  const seen = whetherSeen(section, 200)
  /** The last question, so that scrolling back into view doesn't ask again. */
  let asked = ''
  effect(() => {
    pair.value
    answer.value = undefined
  })
  effect(() => {
    if (!seen.value || !pair.value) return
    const question = { of: pair.value, seed: view.seed.value, count: Math.min(view.count.value, maxShown) }
    const key = [question.of.student.name, question.seed, question.count].join()
    if (key !== asked) ask(question)
    asked = key
  })

  const data = computed(() => pair.value && committedSubject(pair.value.student).data)
  for (const role of ['teacher', 'student'] as const) {
    const title = role === 'teacher' ? 'Teacher' : 'Student'
    showText(`${role}-title`, () => `${title}: ${pair.value?.[role].label}`)
    const effort = () => {
      if (!answer.value) return 'computing'
      const { sampler, evaluations } = answer.value[role]
      const times = `${evaluations} evaluation${evaluations === 1 ? '' : 's'}`
      return role === 'teacher'
        ? `${times} of the network for each sample, by ${sampler}`
        : `${times} of the network for each sample`
    }
    showText(`${role}-effort`, effort)
    figure(element(`${role}-figure`), {
      paint(frame) {
        if (data.value) cloud(frame, data.value, frame.colours.behind, 0.4)
        if (!answer.value) return
        if (role === 'student') drawDifferences(frame, answer.value)
        cloud(frame, answer.value[role].samples, frame.colours.samples)
      },
      describe: () =>
        answer.value
          ? `${answer.value.distance.count} samples of the ${role}, over the data: ${effort()}.`
          : `The ${role}'s samples are being computed.`,
      reach: () => reachOf(1),
    })
  }
  showText('student-mean', () => answer.value?.distance.mean.toFixed(4) ?? '')
  showText('student-worst', () => answer.value?.distance.worst.toFixed(4) ?? '')
  showText('student-count', () => {
    const { distance } = answer.value ?? {}
    return distance ? `Of ${distance.count} samples of seed ${answer.value?.seed}, in scaled space.` : ''
  })
  element('student-next-seed').addEventListener('click', () => {
    view.step.value = undefined
    view.seed.value += 1
  })
}

/** Draws a line from each of the student's samples to its teacher's sample from the same start. */
function drawDifferences({ context, colours, x, y }: Frame, { student, teacher }: TeacherComparison): void {
  const { data: from, count, dim } = student.samples
  const { data: to } = teacher.samples
  if (dim < 2) return
  context.strokeStyle = colours.path
  context.lineWidth = 1
  context.beginPath()
  for (let i = 0; i < count; i++) {
    context.moveTo(x(from[i * dim]!), y(from[i * dim + 1]!))
    context.lineTo(x(to[i * dim]!), y(to[i * dim + 1]!))
  }
  context.stroke()
}
