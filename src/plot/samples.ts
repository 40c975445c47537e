import * as Plot from '@observablehq/plot'
import { type FloatArray, type Points, sliceRows } from '../core/points.ts'
import { renderSvg } from './svg.ts'

const panelSize = 360
const margin = { top: 36, right: 16, bottom: 44, left: 52 }

/** Samples beside the data on the same axes, at one scale in both directions; the first two columns. */
export function samplesFigure(data: Points<FloatArray>, samples: Points, columns: readonly string[]): string {
  const points = [...panel('data', data), ...panel('samples', samples)]
  const [x, y] = [extent(points.map((point) => point.x)), extent(points.map((point) => point.y))]
  const width = 2 * panelSize + margin.left + margin.right
  return renderSvg(`${data.count} points of the data beside ${samples.count} samples of the model`, {
    width,
    aspectRatio: 1,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    fx: { label: null, padding: 0.05, domain: ['data', 'samples'] },
    x: {
      label: columns[0] ?? 'x',
      labelAnchor: 'center',
      labelArrow: false,
      domain: x,
      grid: true,
      ticks: 5,
    },
    y: {
      label: columns[1] ?? 'y',
      labelAnchor: 'center',
      labelArrow: false,
      domain: y,
      grid: true,
      ticks: 5,
    },
    color: { domain: ['data', 'samples'], range: ['#6b7280', '#2563eb'] },
    marks: [
      Plot.frame({ stroke: '#9ca3af' }),
      Plot.dot(points, { fx: 'panel', x: 'x', y: 'y', r: 1.6, fill: 'panel', fillOpacity: 0.6 }),
    ],
  })
}

function panel(name: string, points: Points<FloatArray>) {
  return Array.from({ length: points.count }, (_, i) => {
    const [x, y] = sliceRows(points, i, i + 1).data
    return { panel: name, x: x!, y: y ?? 0 }
  })
}

/** The range of the values with a margin of a twentieth. */
function extent(values: readonly number[]): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  const pad = (high - low || 1) / 20
  return [low - pad, high + pad]
}
