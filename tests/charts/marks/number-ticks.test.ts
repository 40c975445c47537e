import { describe, expect, it } from 'vitest'
import { axisOf } from '../../../src/charts/marks/column-axes.ts'
import { acrossAxis } from '../../../src/charts/marks/column-axis.ts'
import { textWidth } from '../../../src/charts/marks/layout.ts'
import { formTicks } from '../../../src/charts/marks/number-ticks.ts'
import { type NumberForm, readNumber } from '../../../src/table/number-form.ts'

/** The labels of an axis of 300 pixels. */
function labelsOf(form: NumberForm, low: number, high: number, length = 300): string[] {
  const { ticks, tickFormat } = formTicks([low, high], length, (label) => textWidth(label, 11) + 10, form)
  return ticks.map(tickFormat)
}

const dollars = { prefix: '$', group: ',', decimals: 2 } as const

describe('the ticks of numbers with a form', () => {
  it.each([
    ['per cent', { suffix: '%' }, [-0.2, 5.2], ['0%', '1%', '2%', '3%', '4%', '5%']],
    [
      'per cent, with a space',
      { suffix: ' %' },
      [0, 1],
      ['0.0 %', '0.2 %', '0.4 %', '0.6 %', '0.8 %', '1.0 %'],
    ],
    [
      'money, without cents where ticks have none',
      dollars,
      [0, 9000],
      ['$0', '$2,000', '$4,000', '$6,000', '$8,000'],
    ],
    [
      'money, with cents where ticks have some',
      dollars,
      [0, 2],
      ['$0.00', '$0.50', '$1.00', '$1.50', '$2.00'],
    ],
    ['much money', dollars, [-1e6, 3.1e6], ['−$1M', '$0', '$1M', '$2M', '$3M']],
    [
      'decimal commas',
      { suffix: ' €', group: '.', decimal: ',' },
      [1000, 1002],
      ['1.000,0 €', '1.000,5 €', '1.001,0 €', '1.001,5 €', '1.002,0 €'],
    ],
    [
      'many without a separator',
      { suffix: ' kr' },
      [0, 40_000],
      ['0 kr', '10k kr', '20k kr', '30k kr', '40k kr'],
    ],
    ['parentheses', { parentheses: true }, [-11, 11], ['(10)', '(5)', '0', '5', '10']],
    ['leading zeros', { width: 5 }, [0, 40_000], ['00000', '10000', '20000', '30000', '40000']],
    [
      'durations',
      { duration: true, width: 1 },
      [0, 7200],
      ['0:00:00', '0:30:00', '1:00:00', '1:30:00', '2:00:00'],
    ],
    [
      'long durations',
      { duration: true, width: 1 },
      [0, 400_000],
      ['0:00:00', '24:00:00', '48:00:00', '72:00:00', '96:00:00'],
    ],
  ] as const)('are written as these are: %s', (_, form, [low, high], labels) => {
    expect(labelsOf(form, low, high)).toEqual(labels)
  })

  it.each([
    { suffix: '%' },
    dollars,
    { suffix: ' €', group: '.', decimal: ',' } as const,
    { duration: true, width: 1 },
  ])('fit next to each other at any size, and read as their places: %j', (form) => {
    for (const length of [60, 130, 300, 700])
      for (const [low, high] of [
        [0, 1],
        [-3, 3],
        [12, 13.7],
        [-900, 60_000],
        [2000, 2001],
      ] as const) {
        const { ticks, tickFormat } = formTicks(
          [low, high],
          length,
          (label) => textWidth(label, 11) + 10,
          form,
        )
        expect(ticks.length).toBeGreaterThan(0)
        const places = ticks.map((tick) => ((tick - low) / (high - low)) * length)
        for (const [k, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual(-1e-6)
          expect(place).toBeLessThanOrEqual(length + 1e-6)
          if (k > 0) expect(place - places[k - 1]!).toBeGreaterThan(textWidth(tickFormat(ticks[k]!), 11))
          const decimal = 'decimal' in form ? form.decimal : '.'
          const read = readNumber(tickFormat(ticks[k]!), decimal)?.value
          if (!/[kM]/.test(tickFormat(ticks[k]!))) expect(read).toBeCloseTo(ticks[k]!, 9)
        }
      }
  })
})

it('bars of few whole numbers are labelled in the form of their column', () => {
  const cells = Float64Array.from([5, 10, 5, Number.NaN])
  const axis = axisOf({ name: 'rate', kind: 'integer', numberForm: { suffix: '%' } }, [cells])
  expect(axis).toMatchObject({ kind: 'slots', labels: ['5%', '10%', 'missing'] })
})

it('the axis of a column of numbers is written in its form, and one of plain numbers as before', () => {
  const cells = Float64Array.from({ length: 90 }, (_, i) => i / 10)
  const frame = { width: 200, height: 150 }
  const axis = axisOf({ name: 'rate', kind: 'number', numberForm: { suffix: '%' } }, [cells])
  const { ticks, tickFormat } = acrossAxis(axis, frame)
  expect((ticks as number[]).map((tick) => (tickFormat as (tick: number) => string)(tick))).toEqual([
    '0%',
    '2%',
    '4%',
    '6%',
    '8%',
  ])
  expect(acrossAxis(axisOf({ name: 'rate', kind: 'number' }, [cells]), frame)).toEqual({ ticks: 3 })
})
