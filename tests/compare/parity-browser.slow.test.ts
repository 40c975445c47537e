import { exportNoisePredictor } from '../../src/export/export-model.ts'
import { petModel } from '../helpers/tables.ts'
import { parityOf } from './parity-suite.ts'

// tests/chromium/conformance.test.ts has the numbers of both browser providers; this is how they are compared
parityOf(['wasm-browser'], [{ name: 'a small table', bytes: async () => exportNoisePredictor(petModel()) }])
