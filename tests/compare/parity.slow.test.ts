import { parityOf } from './parity-suite.ts'

// a model of each kind of network
parityOf(
  ['cpu', 'wasm', 'simd', 'webgpu', 'tensorflow'],
  [
    ['two-moons-seed', true],
    ['two-moons', false],
    ['two-moons-student', false],
    ['penguins', false],
  ],
)
