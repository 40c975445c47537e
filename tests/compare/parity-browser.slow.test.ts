import { parityOf } from './parity-suite.ts'

// tests/chromium/conformance.test.ts has points and the samplers
parityOf(['wasm-browser', 'webgpu-browser'], [['penguins', false]])
