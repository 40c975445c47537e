import { createTensorflowEngine } from '../../src/train/engines/tfjs/engine.ts'
import { describeWith } from '../helpers/needs.ts'
import { engineSuite } from './engine-suite.ts'
import { trainingSuite } from './training-suite.ts'

describeWith('tensorflow', 'engine tensorflow', () => engineSuite(createTensorflowEngine))
describeWith('tensorflow', 'train on tensorflow', () => trainingSuite('tensorflow', { diverges: true }))
