import { describe, expect, it } from 'vitest'
import { timeTicks } from '../../../src/charts/marks/axes.ts'
import { shortened, textWidth } from '../../../src/charts/marks/layout.ts'
import { rasterize } from '../../../src/charts/marks/raster.ts'

/** How wide a text is when it is drawn, in pixels of a size of 10. */
function drawnWidth(text: string): number {
  const letters = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  // a bar after the text shows where it ends, spaces included
  const { pixels, width } = rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="20"><text y="15" font-size="10" font-family="DejaVu Sans" xml:space="preserve">${letters}|</text></svg>`,
    4,
  )
  let last = 0
  for (let k = 3; k < pixels.length; k += 4) if (pixels[k]! > 0) last = Math.max(last, ((k - 3) / 4) % width)
  return last / 4
}
const bar = drawnWidth('')

describe('the width of a text', () => {
  it.each([
    'Married-civ-spouse',
    'Prof-specialty',
    'Outlying-US(Guam-USVI-etc)',
    'ILLINOIS, Will',
    'MMWW WWMM',
    '2012-03-14 08:15',
    '<=50K & >50K',
    'São Paulo, Kraków',
  ])('of %s is at least as drawn, and at most 15 % more', (text) => {
    const drawn = drawnWidth(text) - bar
    expect(drawn).toBeGreaterThan(20)
    expect(textWidth(text, 10)).toBeGreaterThanOrEqual(drawn - 0.5)
    expect(textWidth(text, 10)).toBeLessThan(1.15 * drawn)
  })

  it('determines how far a text is shortened', () => {
    const text = 'Never-married, and a child or two'
    expect(shortened(text, 1000, 10)).toBe(text)
    for (const room of [30, 60, 90]) {
      const cut = shortened(text, room, 10)
      expect(cut.endsWith('…')).toBe(true)
      expect(textWidth(cut, 10)).toBeLessThanOrEqual(room)
      const longer = `${text.slice(0, cut.length + 1)}…`
      expect(textWidth(longer, 10)).toBeGreaterThan(room)
    }
    expect(shortened('a\nb\u0000c', 100, 10)).toBe('a b c')
    // letters of two code units are not halved
    expect(shortened('😀😀😀😀', 40, 10)).toBe('😀😀…')
  })
})

describe('the ticks of time', () => {
  const [hour, day] = [3_600_000, 86_400_000]
  const spans = [0.02, 2, 90, 600, hour / 100, hour, 5 * hour, day, 3 * day, 12 * day, 40 * day, 200 * day]
  const years = [1, 3, 12, 80, 900, 5000].map((n) => n * 365 * day)

  it.each([...spans, ...years].map((span) => [span]))(
    'of %d ms stand apart, with labels of their places',
    (span) => {
      for (const from of [Date.UTC(1999, 11, 28, 5, 7, 9), Date.UTC(2, 1, 3), Date.UTC(2020, 1, 29)])
        for (const length of [60, 112, 200, 640]) {
          const pitch = (label: string) => label.length * 6 + 10
          const { ticks, tickFormat } = timeTicks([from, from + span], length, pitch)
          expect(ticks.length).toBeGreaterThan(0)
          const labels = ticks.map(tickFormat)
          expect(new Set(labels).size).toBe(labels.length)
          for (const [k, tick] of ticks.entries()) {
            expect(tick >= from && tick <= from + span).toBe(true)
            // months are not all as long
            if (k > 0)
              expect(((tick - ticks[k - 1]!) / span) * length).toBeGreaterThan(0.9 * pitch(labels[k]!))
            if (/^\d{4}(-\d\d(-\d\d)?)?$/.test(labels[k]!)) expect(Date.parse(labels[k]!)).toBe(tick)
          }
        }
    },
  )

  it('show the hours of a day, and weeks from Monday on', () => {
    const clock = timeTicks([0, day - 1], 300, () => 40)
    expect(clock.ticks.map(clock.tickFormat)).toEqual(['00:00', '06:00', '12:00', '18:00'])
    const weeks = timeTicks([Date.UTC(2024, 0, 3), Date.UTC(2024, 1, 20)], 700, () => 90)
    expect(weeks.ticks.map((tick) => new Date(tick).getUTCDay())).toEqual(weeks.ticks.map(() => 1))
    expect(weeks.ticks.map(weeks.tickFormat)[0]).toBe('2024-01-08')
  })
})
