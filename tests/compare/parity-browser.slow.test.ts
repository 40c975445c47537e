import { parityOf } from './parity-suite.ts'

parityOf(['wasm-browser', 'webgpu-browser'])
