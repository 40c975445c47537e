import { hostile } from '../input.ts'

function shaped(shape: string): Uint8Array {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117)
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from(`${header}\n`),
    Buffer.alloc(8),
  ])
}

export default hostile({
  kind: 'table',
  file: 'a.npy',
  content: () => shaped('(-1, 1)'),
  is: /has no \.npy header of one array of numbers/,
})
