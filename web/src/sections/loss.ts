import { effect, signal } from '@preact/signals-core'
import { messageOf } from '../../../src/core/errors.ts'
import { lineChart } from '../draw/chart.ts'
import type { Lesson } from '../lesson.ts'
import { element, showText } from '../page.ts'
import type { LossCurve } from '../worker/loss-curve.ts'

/** The committed run's own history. */
export function showLoss({ worker, subject }: Lesson): void {
  const curve = signal<LossCurve>()
  const problem = signal('')
  effect(() => {
    const { history } = subject.value
    curve.value = undefined
    problem.value = history ? '' : 'The file of a model holds no history of its training.'
    if (!history) return
    worker.lossCurve(new URL(history, document.baseURI).href).then(
      (read) => {
        if (subject.peek().history === history) curve.value = read
      },
      (error) => {
        problem.value = messageOf(error)
      },
    )
  })
  const chart = element('loss-chart')
  effect(() => {
    chart.replaceChildren()
    if (!curve.value) return
    const { steps, losses } = curve.value
    const [first, last] = [losses[0]!, losses.at(-1)!]
    chart.append(
      lineChart({
        points: steps.map((step, i) => [step, losses[i]!]),
        x: 'training step',
        y: 'loss',
        width: 460,
        height: 260,
        description: `The loss falls from ${decimal(first)} to ${decimal(last)} over ${steps.at(-1)} steps.`,
      }),
    )
  })
  showText('loss-caption', () => {
    if (problem.value) return problem.value
    if (!curve.value) return 'The history of this training is on its way.'
    const { steps, losses } = curve.value
    return `The loss of ${subject.value.label}: means over ${steps[1]! - steps[0]!} steps each, at the end ${decimal(losses.at(-1)!)}.`
  })
}

/** A student's loss ends far below a thousandth. */
function decimal(loss: number): string {
  return loss < 0.01 ? loss.toPrecision(2) : loss.toFixed(3)
}
