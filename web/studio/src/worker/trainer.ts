/** The script of the workers that train: a run's own, and the threads that help it. */
import { requestFaker } from './faker.ts'
import 'moonstep/workers/training'

requestFaker()
