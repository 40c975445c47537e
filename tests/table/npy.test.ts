import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { readNpy, writeNpy } from '../../src/table/formats/npy.ts'
import { expectRefused } from '../helpers/refusals.ts'

/** A .npy file with a header of ours. */
function npy(
  dictionary: string,
  body: Uint8Array,
  { version = 1, length = dictionary.length + 1 } = {},
): Uint8Array {
  const size = version === 1 ? 2 : 4
  const file = new Uint8Array(8 + size + dictionary.length + 1 + body.length)
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0])
  const view = new DataView(file.buffer)
  if (version === 1) view.setUint16(8, length, true)
  else view.setUint32(8, length, true)
  file.set(new TextEncoder().encode(`${dictionary}\n`), 8 + size)
  file.set(body, 8 + size + dictionary.length + 1)
  return file
}

const doubles = new Uint8Array(Float64Array.of(1, 2.5, -3, 1e300, 0, 7).buffer)
const header = (type = '<f8', shape = '(3, 2)', order = 'False') =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }`

describe('readNpy', () => {
  it('reads what writeNpy writes', () => {
    const data = Float32Array.of(1, -2, 0.1, 3e-9, 5, 6)
    expect(readNpy(writeNpy(data, [3, 2]), 'a.npy')).toEqual({ data, shape: [3, 2] })
    expect(readNpy(writeNpy(data, [6]), 'a.npy').shape).toEqual([6])
    expect(readNpy(writeNpy(data, [1, 3, 2]), 'a.npy').shape).toEqual([1, 3, 2])
    expect(readNpy(writeNpy(data.subarray(0, 0), [0, 2]), 'a.npy')).toEqual({
      data: new Float32Array(),
      shape: [0, 2],
    })
  })

  it.each([1, 2, 3])('reads float64 of version %d, at any place in memory', (version) => {
    const file = npy(header(), doubles, { version })
    const moved = new Uint8Array(file.length + 3)
    moved.set(file, 3)
    for (const bytes of [file, moved.subarray(3)])
      expect(readNpy(bytes, 'a.npy')).toEqual({
        data: Float64Array.of(1, 2.5, -3, 1e300, 0, 7),
        shape: [3, 2],
      })
  })

  it.each([
    "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2)}",
    "{'shape': (3,2), 'fortran_order': False, 'descr': '<f8'}",
    `${header()}                         `,
  ])('reads the header %s', (dictionary) => {
    expect(readNpy(npy(dictionary, doubles), 'a.npy').shape).toEqual([3, 2])
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(), /is no \.npy file/],
    ['text', new TextEncoder().encode('x,y\n1,2\n'), /is no \.npy file/],
    ['a file of the magic number alone', npy(header(), doubles).subarray(0, 6), /version 0/],
    ['an unknown version', npy(header(), doubles, { version: 9 }), /version 9/],
    ['a file that ends before its header', npy(header(), doubles).subarray(0, 9), /ends in its header/],
    ['a file that ends in its header', npy(header(), doubles).subarray(0, 40), /ends in its header/],
    ['a header longer than the file', npy(header(), doubles, { length: 9000 }), /ends in its header/],
    ['a huge header', npy(header(), doubles, { version: 2, length: 2 ** 32 - 1 }), /header is too long/],
    ['a long header', npy(header().padEnd(20_000), doubles), /header is too long/],
    ['integers', npy(header('<i8'), doubles), /type <i8: save float32 or float64/],
    ['big-endian numbers', npy(header('>f8'), doubles), /type >f8/],
    [
      'records',
      npy("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (6,) }", doubles),
      /no \.npy header/,
    ],
    ['Fortran order', npy(header('<f8', '(3, 2)', 'True'), doubles), /Fortran order/],
    ['a shape with a negative number', npy(header('<f8', '(3, -2)'), doubles), /no \.npy header/],
    ['a shape of one number', npy(header('<f8', '3'), doubles), /no \.npy header/],
    [
      'a header without a shape',
      npy("{'descr': '<f8', 'fortran_order': False, }", doubles),
      /no \.npy header/,
    ],
    ['a header that is Python code', npy('__import__("os")', doubles), /no \.npy header/],
    ['too few numbers', npy(header(), doubles.subarray(0, 47)), /has 47 bytes after its header, not the 48/],
    ['too many numbers', npy(header('<f8', '(2, 2)'), doubles), /has 48 bytes after its header, not the 32/],
    [
      'a huge shape',
      npy(header('<f8', '(99999999999999, 99999999999999)'), doubles),
      /not the (8e\+28|7\.9)/,
    ],
  ])('refuses %s in one line', (_, bytes, message) => {
    expectRefused(() => readNpy(bytes, 'a.npy'), message)
    expectRefused(() => readNpy(bytes, 'a.npy'), /^a\.npy /)
  })

  it('refuses a file cut anywhere', () => {
    const file = writeNpy(Float32Array.of(1, 2, 3, 4), [2, 2])
    for (let length = 0; length < file.length; length++)
      expect(() => readNpy(file.subarray(0, length), 'a.npy')).toThrow(InputError)
  })

  it('reads or refuses a file with any byte of its header changed', () => {
    const file = writeNpy(Float32Array.of(1, 2, 3, 4), [2, 2])
    for (let k = 0; k < 128; k++)
      for (const flip of [0x01, 0x10, 0x80, 0xff]) {
        const changed = file.slice()
        changed[k]! ^= flip
        try {
          expect(readNpy(changed, 'a.npy').data).toHaveLength(4)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
        }
      }
  })
})
