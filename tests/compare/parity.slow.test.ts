import { parityOf } from './parity-suite.ts'

parityOf(['cpu', 'wasm', 'simd', 'webgpu', 'tensorflow'])
