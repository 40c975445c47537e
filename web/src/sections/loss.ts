import { effect, signal } from '@preact/signals-core'
import { messageOf } from '../../../src/core/errors.ts'
import { lineChart } from '../draw/chart.ts'
import type { Lesson } from '../lesson.ts'
import { element, showText } from '../page.ts'
import type { LossCurve } from '../worker/loss-curve.ts'

/** The URLs of the committed runs' history.csv, by path. */
const histories = import.meta.glob<string>('../../../models/*/history.csv', {
  import: 'default',
  query: '?url',
  eager: true,
})

/** Shows the training losses of the current model. */
export function showLoss({ worker, subject }: Lesson): void {
  const curve = signal<LossCurve>()
  const problem = signal('')
  effect(() => {
    const { history } = subject.value
    curve.value = undefined
    problem.value = ''
    if (typeof history === 'object') {
      curve.value = history
      return
    }
    const url = histories[`../../../models/${history}/history.csv`]
    if (!url) {
      problem.value = 'The file of a model holds no history of its training.'
      return
    }
    worker.lossCurve(new URL(url, document.baseURI).href).then(
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
    chart.append(lossChart(curve.value, { width: 460, height: 260 }))
  })
  showText('loss-caption', () => {
    if (problem.value) return problem.value
    if (!curve.value) return 'The history of this training is on its way.'
    const { steps, losses } = curve.value
    const each = steps[1] === undefined ? steps[0]! : steps[1] - steps[0]!
    return `The loss of ${subject.value.label}: means over ${each} steps each, at the end ${decimal(losses.at(-1)!)}.`
  })
}

/** Losses by step. */
export function lossChart(
  { steps, losses }: LossCurve,
  size: { width: number; height: number },
): SVGSVGElement {
  const [first, last] = [losses[0]!, losses.at(-1)!]
  const way = last > first ? 'rises' : 'falls'
  return lineChart({
    ...size,
    points: steps.map((step, i) => [step, losses[i]!]),
    x: 'training step',
    y: 'loss',
    description: `The loss ${way} from ${decimal(first)} to ${decimal(last)} over ${steps.at(-1)} steps.`,
  })
}

/** A student's loss ends far below .001. */
export function decimal(loss: number): string {
  return loss < 0.01 ? loss.toPrecision(2) : loss.toFixed(3)
}
