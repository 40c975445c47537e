import { parityOf } from './parity-suite.ts'

// a model of each kind of network
parityOf(
  ['cpu', 'wasm', 'simd', 'webgpu', 'tensorflow'],
  [
    { name: 'two-moons-seed', everySampler: true },
    { name: 'two-moons' },
    { name: 'two-moons-student' },
    { name: 'penguins' },
  ],
)
