import { describe } from 'vitest'
import { engineSuite } from './engine-suite.ts'

describe('engine tfjs-wasm', () => engineSuite('tfjs-wasm'))
