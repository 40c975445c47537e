import { parityOf } from './parity-suite.ts'

// tests/chromium/conformance.test.ts has the samplers
parityOf(
  ['wasm-browser', 'webgpu-browser'],
  [
    ['two-moons-seed', false],
    ['penguins', false],
  ],
)
