import { describe, expect, it } from 'vitest'
import { significant } from '../../src/core/format.ts'
import { createSchedule, spacedTimesteps } from '../../src/diffusion/schedule.ts'
import { evaluateScaled } from '../../src/measure/distances/evaluate-scaled.ts'
import type { Points } from '../../src/numerics/points.ts'
import { evaluationNotes, evaluationTable, expectedCoverage } from '../../src/report/terminal.ts'
import { processWith } from '../helpers/process.ts'
import { cloud } from '../measure/oracle.ts'

const named = (points: Points<Float64Array>, name = 'points') => ({ name, points })
const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.02, sigmaMax: 6, rho: 7 }, 50)
const process = {
  process: processWith(schedule, { name: 'ddpm', variance: 'fixed_small' }, spacedTimesteps(50, 50)),
}

describe('the table of an evaluation', () => {
  it('has aligned lines that fit in 80 columns', async () => {
    const points = {
      data: named(cloud(300, 2, 1)),
      samples: named(cloud(60, 2, 2)),
      training: named(cloud(50, 2, 3)),
    }
    const lines = evaluationTable(await evaluateScaled({ ...points, ideal: process })).split('\n')
    expect(lines).toHaveLength(11)
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
    expect(lines[0]!.length).toBeLessThanOrEqual(80)
    expect(lines[0]!.trim().split(/ {2,}/)).toEqual(['samples', 'real against real', 'ratio', 'ideal'])
  })

  it.each([
    [0, '0'],
    [0.0123456, '0.0123'],
    [-0.5, '-0.5'],
    [1.0049, '1'],
    [123.456, '123'],
    [9999, '10000'],
    [12345, '1.2e+4'],
    [0.000123, '1.2e-4'],
    [-1e-7, '-1.0e-7'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('writes %d as %s', (value, text) => {
    expect(significant(value)).toBe(text)
  })
})

describe('the notes on an evaluation', () => {
  const notesFor = async (data: number, samples: number) =>
    evaluationNotes(
      await evaluateScaled({ data: named(cloud(data, 2, 1)), samples: named(cloud(samples, 2, 2)) }),
    ).join('\n')

  it('name the number of points that would make the comparison equal', async () => {
    expect(await notesFor(100, 80)).toContain('160 points of data would make the comparison equal')
    expect(await notesFor(160, 80)).not.toContain('comparison equal')
    expect(await notesFor(100, 50)).toContain('50 points against 50')
  })

  it('give the coverage by chance if the halves have another proportion', async () => {
    // a ball is empty where the nearest five of the others are real: 5 of 99 against 5 of 179, and of 49 and 99
    expect(expectedCoverage(100, 80)).toBeCloseTo(
      1 - (99 * 98 * 97 * 96 * 95) / (179 * 178 * 177 * 176 * 175),
      12,
    )
    expect(await notesFor(100, 20)).toMatch(
      /by chance alone it is 0\.\d+ with 100 points and 20 samples, and 0\.\d+ in/,
    )
    expect(await notesFor(100, 100)).not.toContain('by chance alone it is')
  })

  it('do not mention pairs if all points are used', async () => {
    expect(await notesFor(100, 80)).not.toContain('compare pairs')
  })
})
