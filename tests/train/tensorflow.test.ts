import { describeWith } from '../helpers/needs.ts'
import { engineSuite } from './engine-suite.ts'

describeWith('tensorflow', 'engine tensorflow', () => engineSuite('tensorflow'))
