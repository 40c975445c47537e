import { counted } from '../../core/format.ts'
import { type FloatArray, linearCombination, type Points } from '../../numerics/points.ts'
import { planeLayout } from '../marks/axes.ts'
import { renderFigure } from '../marks/figure.ts'
import type { Animation, Appearance } from '../marks/layout.ts'
import { dotRadius, subsample, subsampleNote } from '../marks/scatter.ts'
import type { FigureDefinition } from './figure.ts'
import { type StatesInPlane, statesInPlane } from './inputs.ts'

export const reverse = {
  name: 'reverse',
  description: 'the reverse process moving, as .gif',
  needs: 'model',
  takes: ['count', 'seed', 'columns'],
  moves: true,
  draw: async (request, model) => reverseAnimation(await statesInPlane(request, model, 1000), request),
} as const satisfies FigureDefinition

/** More dots slow the frames down and enlarge the file more than they add to see. */
const maxDots = 5000
const maxFrames = 50
const [moving, start, end] = [60, 800, 2500]

/** Animates the reverse process: frames from x_T to x_0, with points interpolated linearly between states. */
function reverseAnimation({ states, timesteps, names }: StatesInPlane, appearance: Appearance): Animation {
  const { count } = states[0]!
  const drawn = subsample(count, maxDots)
  const note = subsampleNote('samples', count, maxDots)
  const { layout, domains, panel } = planeLayout(
    { sets: states, names, frame: 400, margin: { top: 34 }, caption: note },
    appearance,
  )
  const { frame } = layout
  const title = `The reverse process of ${counted(count, 'sample')}`
  const { svg, notes } = renderFigure({ title, layout, panels: [panel(0, [])], note })
  const empty = svg.replace(/<\/svg>\s*$/, '')
  const radius = dotRadius(drawn.length, frame)
  const place = (value: number, [low, high]: readonly [number, number]) => (value - low) / (high - low)
  const draw = ({ data, dim }: Points<FloatArray>, t: number) => {
    const dots = drawn.map((i) => {
      const x = frame.left + place(data[i * dim]!, domains.x) * frame.width
      const y = frame.top + (1 - place(data[i * dim + 1]!, domains.y)) * frame.height
      return `<circle cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" r="${radius}"/>`
    })
    const heading = `<text x="${frame.left + frame.width / 2}" y="${frame.top - 9}" text-anchor="middle">t = ${t}</text>`
    return `${empty}<g fill="${layout.theme.samples}" aria-label="dot">${dots.join('')}</g>${heading}</svg>\n`
  }
  const frames: Animation['frames'][number][] = []
  const stride = Math.ceil((states.length - 1) / maxFrames)
  const frameStates = states.flatMap((_, k) => (k % stride === 0 || k === states.length - 1 ? [k] : []))
  const between = Math.max(1, Math.floor(maxFrames / Math.max(1, frameStates.length - 1)))
  const tOf = (k: number) => timesteps[k] ?? 0
  for (const [j, k] of frameStates.slice(0, -1).entries())
    for (let part = 0; part < between; part++) {
      const [from, to, share] = [states[k]!, states[frameStates[j + 1]!]!, part / between]
      const x = linearCombination([
        { coefficient: 1 - share, points: from },
        { coefficient: share, points: to },
      ])
      frames.push({ svg: draw(x, tOf(k)), milliseconds: frames.length === 0 ? start : moving })
    }
  frames.push({ svg: draw(states.at(-1)!, 0), milliseconds: end })
  return { frames, notes }
}
