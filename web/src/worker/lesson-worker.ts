import { answerCalls } from '../../../src/browser/worker-calls.ts'
import { lesson } from './lesson.ts'

/** All computation except onnxruntime's runs here; the page only draws. */
answerCalls(lesson)
