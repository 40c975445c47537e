import * as Plot from '@observablehq/plot'
import { renderSvg } from '../render-svg.ts'
import type { Cell } from './ablation.ts'

/** Distance by number of steps, one panel per schedule and one line per sampler; the ideal denoiser's is dashed. */
export function ablationFigure(cells: readonly Cell[]): string {
  const steps = [...new Set(cells.map(({ numSteps }) => numSteps))]
  const shared = { fx: 'schedule', x: 'numSteps', stroke: 'sampler' } as const
  return renderSvg('sliced Wasserstein-2 distance by schedule, sampler and number of steps', {
    width: 960,
    height: 320,
    marginLeft: 56,
    marginBottom: 40,
    fx: { label: null, domain: [...new Set(cells.map(({ schedule }) => schedule))] },
    x: { type: 'log', label: 'network evaluations', ticks: steps, tickFormat: String, labelAnchor: 'center' },
    y: { type: 'log', label: 'sliced Wasserstein-2', grid: true, tickFormat: '~g' },
    color: {
      legend: false,
      domain: [...new Set(cells.map(({ sampler }) => sampler))],
      scheme: 'observable10',
    },
    marks: [
      Plot.frame({ stroke: '#9ca3af' }),
      Plot.line(cells, { ...shared, y: 'ideal', strokeDasharray: '3 3', strokeOpacity: 0.7 }),
      Plot.line(cells, { ...shared, y: 'distance' }),
      Plot.dot(cells, { ...shared, y: 'distance', fill: 'sampler', r: 2.5 }),
      Plot.text(
        cells.filter(
          ({ numSteps, schedule }) => numSteps === steps.at(-1) && schedule === cells.at(-1)!.schedule,
        ),
        {
          fx: 'schedule',
          x: 'numSteps',
          y: 'distance',
          text: 'sampler',
          dx: 6,
          textAnchor: 'start',
          fill: 'sampler',
        },
      ),
    ],
    marginRight: 110,
  })
}
