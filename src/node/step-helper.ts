/** The entry of a thread that helps the engine `simd`: see training.ts. */
import { workerData } from 'node:worker_threads'
import { helpStep, type StepHelperStart } from '../train/engines/simd/engine.ts'

helpStep(workerData as StepHelperStart)
