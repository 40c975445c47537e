import * as Plot from '@observablehq/plot'
import { renderSvg } from '../render-svg.ts'
import { type Axis, base, type Curve } from './curves.ts'

const labels: Readonly<Record<Axis, string>> = {
  samples: 'samples',
  T: 'T, steps of the sampler',
  width: 'width of the hidden layers',
  D: 'D, columns of the data',
}

const colors = ['#2563eb', '#d97706']

/** Time against one quantity on logarithmic axes, one line per number of threads; the fitted powers are dashed. */
export function growthFigure(axis: Axis, curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) =>
    curve.points.map(({ x, seconds }) => ({ x, seconds, threads: nameOf(curve) })),
  )
  const lines = curves.flatMap((curve) => {
    const { slope, factor, from } = curve.fit
    return [from, curve.points.at(-1)!.x].map((x) => ({
      x,
      seconds: factor * x ** slope,
      threads: nameOf(curve),
    }))
  })
  const log = { type: 'log', grid: true, labelAnchor: 'center' } as const
  return renderSvg(`time of sampling against ${labels[axis]}; ${curves.map(nameOf).join('; ')}`, {
    width: 480,
    height: 320,
    marginLeft: 60,
    marginRight: 30,
    marginBottom: 44,
    inset: 8,
    x: {
      ...log,
      label: labels[axis],
      ticks: curves[0]!.points.map(({ x }) => x),
      // base 10 would label only some of the doubled values
      base: axis === 'samples' ? 10 : 2,
      tickFormat: (x: number) => x.toLocaleString('en'),
    },
    y: { ...log, label: 'seconds', ticks: 6, tickFormat: '~g' },
    color: { domain: curves.map(nameOf), range: colors },
    marks: [
      Plot.frame({ stroke: '#9ca3af' }),
      Plot.line(lines, {
        x: 'x',
        y: 'seconds',
        stroke: 'threads',
        strokeDasharray: '4 3',
        strokeOpacity: 0.7,
      }),
      Plot.dot(points, { x: 'x', y: 'seconds', fill: 'threads', r: 3.5 }),
      ...curves.map((curve, i) =>
        Plot.text([nameOf(curve)], {
          text: (name: string) => name,
          frameAnchor: 'top-left',
          dx: 10,
          dy: 12 + 16 * i,
          fill: colors[i]!,
          fontSize: 12,
        }),
      ),
    ],
  })
}

function nameOf({ threads, fit }: Curve): string {
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}: slope ${fit.slope.toFixed(2)}`
}

/** The values of the other quantities. */
export const fixed = `${base.samples} samples, T = ${base.T}, width ${base.width}, D = ${base.D}`
