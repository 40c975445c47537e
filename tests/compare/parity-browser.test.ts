import { describeWith } from '../helpers/needs.ts'
import { parityOf } from './parity-suite.ts'

describeWith('chromium', 'wasm-browser', () => parityOf('wasm-browser', { slow: true }))
describeWith('chromium', 'webgpu-browser', () => parityOf('webgpu-browser', { slow: true }))
