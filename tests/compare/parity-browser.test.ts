import { describeWith } from '../helpers/needs.ts'
import { parityOf } from './parity-suite.ts'

describeWith('chromium', 'in a browser', () => {
  parityOf(['wasm-browser'], { slow: true })
  parityOf(['webgpu-browser'], { slow: true })
})
