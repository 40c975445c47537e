import { describe } from 'vitest'
import { createTfjsEngine } from '../../src/train/engines/tfjs/engine.ts'
import { engineSuite } from './engine-suite.ts'

describe('engine tfjs-wasm', () =>
  engineSuite((options) => createTfjsEngine({ name: 'tfjs-wasm', ...options })))
