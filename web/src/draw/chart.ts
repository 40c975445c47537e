import { axisBottom, axisLeft } from 'd3-axis'
import { scaleLinear } from 'd3-scale'
import { create } from 'd3-selection'
import { line } from 'd3-shape'

export interface Chart {
  readonly points: readonly (readonly [number, number])[]
  /** The axes' labels. */
  readonly x: string
  readonly y: string
  /** The range of y; by default that of the points. */
  readonly yDomain?: readonly [number, number]
  /** A point to mark. */
  readonly mark?: readonly [number, number] | undefined
  readonly width: number
  readonly height: number
  /** The text alternative. */
  readonly description: string
}

const margin = { top: 18, right: 12, bottom: 38, left: 42 }

/** A line over two axes. */
export function lineChart(chart: Chart): SVGSVGElement {
  const { points, width, height, mark } = chart
  const [xs, ys] = [0, 1].map((d) => points.map((point) => point[d]!)) as [number[], number[]]
  const x = scaleLinear([Math.min(...xs), Math.max(...xs)], [margin.left, width - margin.right])
  const yDomain = chart.yDomain ?? [Math.min(...ys), Math.max(...ys)]
  const y = scaleLinear(yDomain, [height - margin.bottom, margin.top]).nice()
  const svg = create('svg')
    .attr('viewBox', `0 0 ${width} ${height}`)
    .attr('role', 'img')
    .attr('aria-label', chart.description)
  const ticks = Math.round(width / 80)
  svg
    .append('g')
    .attr('transform', `translate(0,${height - margin.bottom})`)
    .call(axisBottom(x).ticks(ticks).tickSizeOuter(0))
  svg.append('g').attr('transform', `translate(${margin.left},0)`).call(axisLeft(y).ticks(4).tickSizeOuter(0))
  const label = (text: string, at: readonly [number, number], anchor: string) =>
    svg
      .append('text')
      .attr('class', 'label')
      .attr('x', at[0])
      .attr('y', at[1])
      .attr('text-anchor', anchor)
      .text(text)
  label(chart.x, [width - margin.right, height - 4], 'end')
  label(chart.y, [margin.left + 6, margin.top - 6], 'start')
  svg
    .append('path')
    .attr('class', 'line')
    .attr(
      'd',
      line<readonly [number, number]>(
        ([px]) => x(px),
        ([, py]) => y(py),
      )(points),
    )
  if (mark)
    svg.append('circle').attr('class', 'mark').attr('r', 4).attr('cx', x(mark[0])).attr('cy', y(mark[1]))
  return svg.node()!
}
