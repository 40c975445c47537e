import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { pointsFromRows } from '../../src/core/points.ts'
import { encodeSamples, encodeTrajectory } from '../../src/table/files.ts'

const points = pointsFromRows([
  [0.1, -2],
  [3e-9, 4],
])
const columns = ['x', 'a, "b"']

describe('samples', () => {
  it('as CSV have a header, quoted where needed, and short decimals', () => {
    expect(encodeSamples('a.csv', points, columns)).toBe('x,"a, ""b"""\n0.1,-2\n3e-9,4\n')
  })

  it('as JSON are objects by column name', () => {
    expect(JSON.parse(encodeSamples('a.json', points, columns) as string)).toEqual([
      { x: 0.1, 'a, "b"': -2 },
      { x: 3e-9, 'a, "b"': 4 },
    ])
  })

  it('as .npy have an aligned header and little-endian float32', () => {
    const file = encodeSamples('A.NPY', points, columns) as Uint8Array
    const text = new TextDecoder('latin1').decode(file)
    const start = text.indexOf('\n') + 1
    expect(text.slice(1, 6)).toBe('NUMPY')
    expect(start % 64).toBe(0)
    expect(text).toContain("'shape': (2, 2)")
    expect(new DataView(file.buffer).getFloat32(start + 4, true)).toBe(-2)
    expect(file.length).toBe(start + 16)
  })

  it('with another ending are refused, naming the legal ones', () => {
    expect(() => encodeSamples('a.txt', points, columns)).toThrow(InputError)
    expect(() => encodeSamples('a.txt', points, columns)).toThrow('.csv or .json or .npy')
  })
})

describe('a trajectory', () => {
  it('as CSV has a row for each sample and step, x_T first', () => {
    const state = (value: number) => pointsFromRows([[value], [value + 0.5]])
    expect(encodeTrajectory('t.csv', [state(0), state(1), state(2)], [5, 1], ['x'])).toBe(
      'sample,step,t,x\n0,0,5,0\n0,1,1,1\n0,2,0,2\n1,0,5,0.5\n1,1,1,1.5\n1,2,0,2.5\n',
    )
  })

  it('as .npy is [steps + 1, n, D]', () => {
    const file = encodeTrajectory('t.npy', [points, points, points], [2, 1], columns) as Uint8Array
    expect(new TextDecoder('latin1').decode(file)).toContain("'shape': (3, 2, 2)")
  })
})
